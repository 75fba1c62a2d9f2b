/**
 * Models get versions, states, a change log and a trash, and may come from elsewhere: then there is neither run nor data set. Every model
 * that is there becomes the current version of its own, made here. The table is built anew because a column may no longer be NOT NULL.
 */
export const modelRegistry = {
  version: 9,
  name: 'model-registry',
  sql: `
    CREATE TABLE models_new (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
      -- The first version of the same model; NULL for a first one.
      family_id TEXT,
      version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
      is_current INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)),
      state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('imported', 'verified', 'active', 'archived')),
      origin TEXT NOT NULL DEFAULT 'trained' CHECK (origin IN ('trained', 'passport', 'foreign')),
      job_id TEXT,
      dataset_id TEXT REFERENCES datasets (id) ON DELETE SET NULL,
      recipe TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      target TEXT,
      simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
      test_rmse REAL,
      size_bytes INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      licence TEXT NOT NULL DEFAULT '',
      note TEXT NOT NULL DEFAULT '',
      -- SHA-256 of the manifest of the passport it came in.
      fingerprint TEXT,
      verification TEXT,
      trashed_at INTEGER
    ) STRICT;
    INSERT INTO models_new (id, name, family_id, version, is_current, state, origin, job_id, dataset_id, recipe, endpoint, target,
        simulated, test_rmse, size_bytes, created_at)
      SELECT id, name, NULL, 1, 1, 'active', 'trained', job_id, dataset_id, recipe, endpoint, target, simulated, test_rmse, size_bytes,
        created_at FROM models;
    DROP TABLE models;
    ALTER TABLE models_new RENAME TO models;
    CREATE INDEX models_by_dataset ON models (dataset_id);
    -- One current version of each; one in the trash is none.
    CREATE UNIQUE INDEX models_current ON models (coalesce(family_id, id)) WHERE is_current = 1;
    CREATE UNIQUE INDEX models_versions ON models (coalesce(family_id, id), version);

    CREATE TABLE model_log (
      model_id TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      at INTEGER NOT NULL,
      -- Name of the user of the system.
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      detail TEXT NOT NULL DEFAULT '{}',
      PRIMARY KEY (model_id, sequence)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO model_log (model_id, sequence, at, actor, action) SELECT id, 1, created_at, '', 'trained' FROM models;
  `,
} as const
