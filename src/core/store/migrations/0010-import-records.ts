/** Rejected records as their file had them, and what users chose for tables of one shape. */
export const importRecords = {
  version: 10,
  name: 'import-records',
  sql: `
    -- Names of the columns of the imported table, JSON; NULL for data sets from before.
    ALTER TABLE datasets ADD COLUMN header TEXT;

    CREATE TABLE rejected_records (
      dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      -- All cells, JSON.
      cells TEXT NOT NULL,
      PRIMARY KEY (dataset_id, line)
    ) STRICT, WITHOUT ROWID;

    -- By a hash of the column names: the options that were last chosen against the proposal.
    CREATE TABLE import_choices (
      shape TEXT PRIMARY KEY,
      options TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
} as const
