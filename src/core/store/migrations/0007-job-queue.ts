/** Order, limits, attempts and care of jobs. Numbers are counted apart from the jobs, so that a removed one's is never given again. */
export const jobQueue = {
  version: 7,
  name: 'job-queue',
  sql: `
    -- Waiting jobs of a lane run by priority, then by rank.
    ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -1 AND 1);
    ALTER TABLE jobs ADD COLUMN queue_rank REAL NOT NULL DEFAULT 0;
    -- Retries the runner may still start by itself, and when the next one is due.
    ALTER TABLE jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0 CHECK (retries BETWEEN 0 AND 3);
    ALTER TABLE jobs ADD COLUMN retries_left INTEGER NOT NULL DEFAULT 0 CHECK (retries_left BETWEEN 0 AND 3);
    ALTER TABLE jobs ADD COLUMN retry_at INTEGER;
    ALTER TABLE jobs ADD COLUMN wall_time_ms INTEGER CHECK (wall_time_ms > 0);
    ALTER TABLE jobs ADD COLUMN silence_ms INTEGER CHECK (silence_ms > 0);
    -- What the machine lacks for it to start, as JSON; and whether it starts all the same.
    ALTER TABLE jobs ADD COLUMN waits_for TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE jobs ADD COLUMN start_anyway INTEGER NOT NULL DEFAULT 0 CHECK (start_anyway IN (0, 1));
    ALTER TABLE jobs ADD COLUMN stalled_since INTEGER;
    ALTER TABLE jobs ADD COLUMN peaks TEXT;
    ALTER TABLE jobs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE jobs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
    ALTER TABLE jobs ADD COLUMN archived_at INTEGER;
    ALTER TABLE jobs ADD COLUMN trashed_at INTEGER;

    UPDATE jobs SET queue_rank = ordered.rank FROM (
      SELECT jobs.id, ROW_NUMBER() OVER (ORDER BY queued.at, jobs.created_at, jobs.number) AS rank FROM jobs
      JOIN (SELECT job_id, MAX(at) AS at FROM job_transitions WHERE to_state = 'queued' GROUP BY job_id) AS queued
        ON queued.job_id = jobs.id
      WHERE jobs.state = 'queued'
    ) AS ordered WHERE ordered.id = jobs.id;

    CREATE TABLE job_attempts (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      -- How it ended; empty while it lasts.
      state TEXT CHECK (state IN ('completed', 'failed', 'cancelled', 'interrupted', 'paused')),
      reason TEXT,
      error TEXT,
      PRIMARY KEY (job_id, attempt)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO job_attempts (job_id, attempt, started_at, ended_at, state)
      SELECT job_id, ROW_NUMBER() OVER (PARTITION BY job_id ORDER BY sequence), at,
        (SELECT ended.at FROM job_transitions AS ended
          WHERE ended.job_id = begun.job_id AND ended.sequence > begun.sequence
            AND ended.to_state IN ('completed', 'failed', 'cancelled', 'interrupted', 'paused')
          ORDER BY ended.sequence LIMIT 1),
        (SELECT ended.to_state FROM job_transitions AS ended
          WHERE ended.job_id = begun.job_id AND ended.sequence > begun.sequence
            AND ended.to_state IN ('completed', 'failed', 'cancelled', 'interrupted', 'paused')
          ORDER BY ended.sequence LIMIT 1)
      FROM job_transitions AS begun WHERE to_state = 'preparing';

    CREATE TABLE job_numbers (
      kind TEXT PRIMARY KEY,
      last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO job_numbers (kind, last) SELECT kind, MAX(number) FROM jobs GROUP BY kind;
  `,
} as const
