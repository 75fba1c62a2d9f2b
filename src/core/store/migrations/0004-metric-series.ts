/**
 * Points of a run by series, with outlines: for every series the lowest and the highest point of equal ranges of steps, at several
 * widths, so that a chart reads about as many rows as it draws. `metrics` remains as what can be read by job and name.
 */
import { OUTLINE_SHIFTS } from '../metric-outline-levels.ts'

/** Ranges of 2^shift steps from the points themselves; SQLite takes the other columns from the row of the extreme. */
const outline = (shift: number, level: number): string => `
    INSERT INTO metric_outlines (series_id, level, range, points, total, low, low_step, high, high_step)
    SELECT a.series_id, ${level}, a.range, a.points, a.total, a.low, a.step, b.high, b.step FROM
      (SELECT series_id, step >> ${shift} AS range, COUNT(*) AS points, SUM(value) AS total, MIN(value) AS low, step
       FROM metric_points GROUP BY series_id, range) AS a
      JOIN (SELECT series_id, step >> ${shift} AS range, MAX(value) AS high, step
       FROM metric_points GROUP BY series_id, range) AS b USING (series_id, range);`

export const metricSeries = {
  version: 4,
  name: 'metric-series',
  sql: `
    CREATE TABLE metric_series (
      id INTEGER PRIMARY KEY,
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      points INTEGER NOT NULL DEFAULT 0,
      -- −1 while there is no point.
      last_step INTEGER NOT NULL DEFAULT -1,
      -- The highest of its points' sequences.
      sequence INTEGER NOT NULL DEFAULT 0,
      UNIQUE (job_id, name)
    ) STRICT;
    CREATE TABLE metric_points (
      series_id INTEGER NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      -- NULL: the trainer measured something that is not finite.
      value REAL,
      -- Counts up within the job with everything that is new: what a watcher has not been sent yet is above its cursor.
      sequence INTEGER NOT NULL,
      PRIMARY KEY (series_id, step)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX metric_points_by_sequence ON metric_points (series_id, sequence);
    CREATE TABLE metric_outlines (
      series_id INTEGER NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
      level INTEGER NOT NULL,
      -- Number of the range: step >> shift of the level.
      range INTEGER NOT NULL,
      -- Of finite points only.
      points INTEGER NOT NULL,
      total REAL NOT NULL,
      low REAL NOT NULL,
      low_step INTEGER NOT NULL,
      high REAL NOT NULL,
      high_step INTEGER NOT NULL,
      PRIMARY KEY (series_id, level, range)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO metric_series (job_id, name, points, last_step, sequence)
    SELECT job_id, name, COUNT(*), MAX(step), MAX(id) FROM metrics GROUP BY job_id, name;
    INSERT INTO metric_points (series_id, step, value, sequence)
    SELECT metric_series.id, step, value, metrics.id FROM metrics JOIN metric_series USING (job_id, name)
    ORDER BY metric_series.id, step;
    ${OUTLINE_SHIFTS.map(outline).join('')}

    DROP TABLE metrics;
    CREATE VIEW metrics AS
    SELECT metric_series.job_id, metric_points.step, metric_series.name, metric_points.value
    FROM metric_series JOIN metric_points ON metric_points.series_id = metric_series.id;
  `,
} as const
