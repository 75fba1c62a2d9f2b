/** What a trainer writes about a step whose loss or gradient was not finite, and the page shows. Numbers that are not finite are `null`. */
import { z } from 'zod'

/** What a tensor held: `smallest` and `largest` over its finite values, `null` where it has none. */
const extremesSchema = z.strictObject({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  smallest: z.number().nullable(),
  largest: z.number().nullable(),
  notFinite: z.int().nonnegative(),
})

export const autopsySchema = z.strictObject({
  format: z.literal('bindery-autopsy-1'),
  /** Counted over all models of an ensemble; the step that was not committed. */
  step: z.int().positive(),
  /** Model of the ensemble, counted from 1. */
  member: z.int().positive(),
  learningRate: z.number(),
  /** `loss`, `gradientNorm` */
  notFinite: z.array(z.string()).min(1),
  /** The first tensor that was not finite in the order of a step: inputs, weights, forward pass; what is left is the gradient. */
  firstBad: z.strictObject({
    kind: z.enum(['input', 'parameter', 'node', 'gradient']),
    /** Of the input or parameter; of a node its operator, position and shape. */
    name: z.string(),
  }),
  /** The batch, in its order. */
  items: z.array(
    z.strictObject({
      row: z.int().nonnegative(),
      smiles: z.string(),
      /** pX units. */
      measured: z.number(),
      /** −1: a bound, the true pX is below; +1: above; 0: exact. */
      bound: z.int().min(-1).max(1),
      loss: z.number().nullable(),
    }),
  ),
  /** Everything the batch was made of: features, labels. */
  inputs: z.array(extremesSchema),
  /** The weights before the step. */
  parameters: z.array(extremesSchema),
})
export type Autopsy = z.infer<typeof autopsySchema>
export type TensorExtremes = Autopsy['inputs'][number]
