/** What every part of the contract shares: ids, errors, pages, metrics. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from '../errors.ts'

export const idSchema = z.string().regex(/^(ds|job|mdl|up|prd)_[0-9a-z]{12}$/, 'expected an id such as ds_4f0c2a9b1d7e')
export const nameSchema = z.string().trim().min(1).max(255)
export const descriptionSchema = z.string().max(10_000)
/** Milliseconds since 1970-01-01 UTC. */
export const timeSchema = z.int().nonnegative()

export const errorBodySchema = z.strictObject({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  path: z.string().optional(),
  details: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]))
    .optional(),
})

export const pageSchema = z.strictObject({
  offset: z.int().nonnegative().default(0),
  limit: z.int().min(1).max(1000).default(100),
})

/** Ends of a 95 % bootstrap interval. */
const intervalSchema = z.strictObject({ lower: z.number(), upper: z.number() }).nullable()

/** Regression metrics in pX units. `null` where undefined (fewer than two rows, no variance). */
export const metricsSchema = z.strictObject({
  n: z.int().nonnegative(),
  rmse: z.number().nullable(),
  mae: z.number().nullable(),
  r2: z.number().nullable(),
  pearson: z.number().nullable(),
  spearman: z.number().nullable(),
  /** Kendall's tau-b. */
  kendall: z.number().nullable().optional(),
  /** Share of the pairs that stand in the right order. */
  concordance: z.number().nullable().optional(),
  /** How far each figure might have come out otherwise on other rows of the same kind. */
  intervals: z
    .strictObject({
      rmse: intervalSchema,
      mae: intervalSchema,
      r2: intervalSchema,
      pearson: intervalSchema,
      /** Of ranks: left out where there are very many rows. */
      spearman: intervalSchema.optional(),
      kendall: intervalSchema.optional(),
      concordance: intervalSchema.optional(),
    })
    .optional(),
})
export type RegressionMetrics = z.infer<typeof metricsSchema>

/** Every procedure of the contract starts here: expected failures cross as the one APP error with an `ErrorBody` as data. */
export const procedure = oc.errors({ APP: { data: errorBodySchema } })
