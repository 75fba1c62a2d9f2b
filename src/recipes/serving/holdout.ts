/**
 * Test compounds whose features travel with a model, as `holdout.bin`: a feature file whose row i is test row i of the split. Bounds the
 * size of a model of a very large data set; the figures are still of all test rows.
 */
export const MAX_HOLDOUT_ROWS = 10_000
