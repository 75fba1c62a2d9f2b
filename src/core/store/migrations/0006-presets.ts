/** Presets of the user: a recipe's hyper-parameters under a name. */
export const presets = {
  version: 6,
  name: 'presets',
  sql: `
    CREATE TABLE presets (
      -- "Thrombin" and "thrombin" would be one too many to choose from.
      name TEXT PRIMARY KEY COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 64),
      recipe TEXT NOT NULL,
      -- The built-in one it was copied from, and what it changes, as JSON.
      base TEXT NOT NULL,
      settings TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
} as const
