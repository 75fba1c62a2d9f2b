/** What a job's processes used over time: means of some readings each, of memory the most. */
export const jobUsage = {
  version: 12,
  name: 'job-usage',
  sql: `
    CREATE TABLE job_usage (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      readings INTEGER NOT NULL CHECK (readings > 0),
      cpu_percent REAL,
      memory_bytes INTEGER,
      gpu_percent REAL,
      gpu_memory_bytes INTEGER,
      gpu_temperature REAL,
      gpu_power REAL,
      PRIMARY KEY (job_id, at)
    ) STRICT, WITHOUT ROWID;
  `,
} as const
