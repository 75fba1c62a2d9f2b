/** How a model did on the compounds it was tested on, point by point; made from its card and its files, never stored. */
import { z } from 'zod'

export const neighbourSchema = z.strictObject({ smiles: z.string(), pX: z.number(), similarity: z.number() })

export const evaluatedPointSchema = z.strictObject({
  /** Index in the data set. */
  row: z.int().nonnegative(),
  part: z.enum(['validation', 'test']),
  measured: z.number(),
  predicted: z.number(),
  /** Of its interval; `null` where the model has none. */
  halfWidth: z.number().nullable(),
  smiles: z.string().nullable(),
  /** To the nearest compound it learned from, 0–1; `null` where the features are not enclosed (validation, older models). */
  similarity: z.number().nullable(),
  /** Measured compounds it learned from, the most similar first. */
  nearest: z.array(neighbourSchema),
})
export type EvaluatedPoint = z.infer<typeof evaluatedPointSchema>

/** Two alike compounds, at least one of them a test compound, whose values differ much. */
export const activityCliffSchema = z.strictObject({
  /** A test compound. */
  row: z.int().nonnegative(),
  /** Another test compound, or `null`: then `other` is one it learned from. */
  otherRow: z.int().nonnegative().nullable(),
  smiles: z.string().nullable(),
  otherSmiles: z.string().nullable(),
  similarity: z.number(),
  /** Of the measured values, first minus second, pX units. */
  measuredDifference: z.number(),
  /** The same of the predicted values; a compound it learned from counts with its measured one. */
  predictedDifference: z.number(),
  /** The right way round and at least half as large. */
  isPredicted: z.boolean(),
})
export type ActivityCliff = z.infer<typeof activityCliffSchema>

export const evaluationSchema = z.strictObject({
  points: z.array(evaluatedPointSchema),
  /** What share of the test compounds lies in their intervals, for intervals of every level. */
  coverage: z.array(z.strictObject({ level: z.number(), observed: z.number() })),
  /** Errors of test compounds by their similarity to what it learned from. */
  bySimilarity: z.array(
    z.strictObject({ from: z.number(), to: z.number(), n: z.int().nonnegative(), rmse: z.number().nullable() }),
  ),
  cliffs: z.array(activityCliffSchema),
  /** Pairs that were looked at and found alike enough, whatever their values. */
  similarPairs: z.int().nonnegative(),
  /** Standard deviation of replicates of the data, pX units; `null` where it has none, or is not here. */
  noiseSd: z.number().nullable(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

/** How the error on the test compounds falls with what is learned from, by a cheap model; made on request and kept. */
export const learningCurveSchema = z.strictObject({
  recipe: z.literal('tanimoto-gp'),
  /** Fewest compounds first; the error is the mean of several draws, between the lowest and the highest. */
  points: z.array(
    z.strictObject({ rows: z.int().positive(), rmse: z.number(), lowest: z.number(), highest: z.number() }),
  ),
  /** Exactly measured compounds the model itself has learned from; the curve may end before. */
  learnedRows: z.int().positive(),
  testRows: z.int().positive(),
  /** The model's own error on these compounds, and the floors. */
  model: z.number().nullable(),
  floors: z.strictObject({ mean: z.number().nullable(), nearest: z.number().nullable() }),
})
export type LearningCurve = z.infer<typeof learningCurveSchema>
