/** What looked wrong in the curves of a run; found once for each rule, curve and step. */
export const anomalies = {
  version: 11,
  name: 'anomalies',
  sql: `
    CREATE TABLE anomalies (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      rule TEXT NOT NULL,
      severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
      metric TEXT NOT NULL,
      step INTEGER NOT NULL,
      value REAL,
      typical REAL,
      at INTEGER NOT NULL,
      UNIQUE (job_id, rule, metric, step)
    ) STRICT;
  `,
} as const
