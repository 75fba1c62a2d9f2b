/** The first schema. Times are milliseconds since 1970 UTC, JSON columns hold shapes of the contract. */
export const initial = {
  version: 1,
  name: 'initial',
  sql: `
    CREATE TABLE datasets (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
      state TEXT NOT NULL CHECK (state IN ('importing', 'ready', 'failed')),
      kind TEXT NOT NULL CHECK (kind IN ('table', 'simulated')),
      endpoint TEXT NOT NULL,
      target TEXT,
      file_name TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      sha256 TEXT,
      rows_read INTEGER NOT NULL DEFAULT 0,
      rows_accepted INTEGER NOT NULL DEFAULT 0,
      rows_altered INTEGER NOT NULL DEFAULT 0,
      rows_merged INTEGER NOT NULL DEFAULT 0,
      rows_rejected INTEGER NOT NULL DEFAULT 0,
      summary TEXT,
      histogram TEXT,
      split_values TEXT NOT NULL DEFAULT '[]',
      error TEXT,
      created_at INTEGER NOT NULL,
      -- The four fates are disjoint and complete once an import is done.
      CHECK (state <> 'ready' OR rows_read = rows_accepted + rows_altered + rows_merged + rows_rejected)
    ) STRICT;

    CREATE TABLE dataset_rows (
      dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      row_index INTEGER NOT NULL,
      line INTEGER NOT NULL,
      external_id TEXT,
      smiles TEXT NOT NULL,
      structure_key TEXT NOT NULL,
      scaffold TEXT,
      p_x REAL NOT NULL,
      relation TEXT NOT NULL CHECK (relation IN ('=', '<', '>', '<=', '>=', '~')),
      -- The cell as it was written, and the unit it was read in.
      raw_value TEXT NOT NULL,
      unit TEXT NOT NULL DEFAULT 'pX',
      -- Standard deviation in pX units where the table gives one ('62 ± 6.2').
      uncertainty REAL,
      split TEXT,
      PRIMARY KEY (dataset_id, row_index)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dataset_rows_by_p_x ON dataset_rows (dataset_id, p_x);
    CREATE INDEX dataset_rows_by_key ON dataset_rows (dataset_id, structure_key);

    -- One row per input record that is not taken exactly as it was written.
    CREATE TABLE ledger (
      dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      entry INTEGER NOT NULL,
      line INTEGER NOT NULL,
      fate TEXT NOT NULL CHECK (fate IN ('accepted', 'altered', 'merged', 'rejected', 'ignored')),
      column_name TEXT,
      raw TEXT,
      rule TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (dataset_id, entry)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ledger_by_line ON ledger (dataset_id, line, entry);
    CREATE INDEX ledger_by_fate ON ledger (dataset_id, fate, line, entry);

    CREATE TABLE models (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
      job_id TEXT NOT NULL,
      dataset_id TEXT NOT NULL REFERENCES datasets (id),
      recipe TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      target TEXT,
      simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
      test_rmse REAL,
      size_bytes INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      number INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('import', 'train', 'predict')),
      name TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'preparing', 'running', 'pausing', 'paused', 'cancelling',
        'completed', 'failed', 'cancelled', 'interrupted')),
      reason TEXT CHECK (reason IN ('timeout', 'oom', 'nan', 'data', 'crash', 'user')),
      dataset_id TEXT REFERENCES datasets (id) ON DELETE SET NULL,
      model_id TEXT REFERENCES models (id) ON DELETE SET NULL,
      -- What was asked, by kind: import options, train options, batch prediction request.
      request TEXT NOT NULL,
      result TEXT,
      progress TEXT,
      error TEXT,
      has_checkpoint INTEGER NOT NULL DEFAULT 0 CHECK (has_checkpoint IN (0, 1)),
      -- Process of the running child; tells on the next start whether it is gone.
      pid INTEGER,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      UNIQUE (kind, number)
    ) STRICT;
    CREATE INDEX jobs_by_state ON jobs (state);

    CREATE TABLE job_transitions (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      from_state TEXT,
      to_state TEXT NOT NULL,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (actor IN ('user', 'host', 'child')),
      cause TEXT NOT NULL,
      PRIMARY KEY (job_id, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metrics (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      name TEXT NOT NULL,
      value REAL NOT NULL,
      UNIQUE (job_id, name, step)
    ) STRICT;
    -- With the row id behind it: what a run has gained since a cursor, however much other runs wrote.
    CREATE INDEX metrics_by_job ON metrics (job_id);

    -- How far metrics.jsonl and log.jsonl of a run have been read; committed together with the rows read.
    CREATE TABLE file_offsets (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      file TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      -- Whole lines before that offset, so that a malformed one can be named by its number.
      lines INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (job_id, file)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_log (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      at INTEGER NOT NULL,
      level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warn', 'error')),
      message TEXT NOT NULL,
      PRIMARY KEY (job_id, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE predictions (
      result_id TEXT NOT NULL,
      line INTEGER NOT NULL,
      smiles TEXT NOT NULL,
      cells TEXT NOT NULL,
      prediction REAL,
      lower REAL,
      upper REAL,
      domain_distance REAL,
      error TEXT,
      PRIMARY KEY (result_id, line)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX predictions_by_value ON predictions (result_id, prediction);

    CREATE TABLE prediction_results (
      id TEXT PRIMARY KEY,
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      model_id TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
      file_name TEXT NOT NULL,
      header TEXT NOT NULL
    ) STRICT;

    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
} as const
