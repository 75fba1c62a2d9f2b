/** When each compound was measured, for splits by time; rows from before have none. */
export const dates = {
  version: 2,
  name: 'dates',
  sql: `
    -- As far as the table says it: 2019, 2019-03 or 2019-03-14. As text the order is that of time.
    ALTER TABLE dataset_rows ADD COLUMN date TEXT CHECK (date GLOB '[12][0-9][0-9][0-9]*');
  `,
} as const
