/** Orders in which rows are looked at page by page: by compound id, and by scaffold. */
export const rowOrders = {
  version: 8,
  name: 'row-orders',
  sql: `
    CREATE INDEX dataset_rows_by_external_id ON dataset_rows (dataset_id, external_id);
    CREATE INDEX dataset_rows_by_scaffold ON dataset_rows (dataset_id, scaffold);
  `,
} as const
