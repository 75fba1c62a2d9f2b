/** Tables that several models answer, and that can be gone on with after the application has ended. */
export const predictions = {
  version: 5,
  name: 'predictions',
  sql: `
    -- Which models answer, in order: [{ modelId, name, endpoint, instead }]. Empty: the model of the table alone.
    ALTER TABLE prediction_results ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
    -- The file as it was when the first row was read: { sizeBytes, mtimeMs }. A changed one is not gone on with.
    ALTER TABLE prediction_results ADD COLUMN source TEXT;
    -- Of the closed list; with the text in 'error'.
    ALTER TABLE predictions ADD COLUMN error_code TEXT;

    -- What the second and further models say; the first one's values are in 'predictions'.
    CREATE TABLE prediction_values (
      result_id TEXT NOT NULL,
      -- Place in 'models', from 1.
      model_index INTEGER NOT NULL CHECK (model_index >= 1),
      line INTEGER NOT NULL,
      prediction REAL,
      lower REAL,
      upper REAL,
      domain_distance REAL,
      PRIMARY KEY (result_id, model_index, line)
    ) STRICT, WITHOUT ROWID;
  `,
} as const
