/** Data sets get versions and a trash. Every data set that is there becomes the first version of its own. */
export const datasetVersions = {
  version: 3,
  name: 'dataset-versions',
  sql: `
    -- The first version of the same data; NULL for a first one.
    ALTER TABLE datasets ADD COLUMN family_id TEXT;
    ALTER TABLE datasets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE datasets ADD COLUMN parent_id TEXT REFERENCES datasets (id) ON DELETE SET NULL;
    -- The version whose file the lines of the rows belong to; NULL for one that was imported itself.
    ALTER TABLE datasets ADD COLUMN source_id TEXT;
    -- What an edit did: {dropped, changed, note}; NULL for an import.
    ALTER TABLE datasets ADD COLUMN change TEXT;
    ALTER TABLE datasets ADD COLUMN trashed_at INTEGER;
    CREATE INDEX datasets_by_parent ON datasets (parent_id);
    -- Deleting a data set looks for what refers to it.
    CREATE INDEX models_by_dataset ON models (dataset_id);
    CREATE INDEX jobs_by_dataset ON jobs (dataset_id);
  `,
} as const
