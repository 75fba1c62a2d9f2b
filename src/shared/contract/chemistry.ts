/** Depictions and checks of single structures, answered by the chemistry worker. */
import { z } from 'zod'
import { procedure } from './common.ts'

export const chemistryContract = {
  /** SVG of each SMILES at one bond length; `null` where it cannot be parsed. */
  depict: procedure
    .input(
      z.strictObject({
        smiles: z.array(z.string().max(10_000)).min(1).max(100),
        /** [smiles][atoms] −1 to 1, drawn from blue over nothing to orange; as long as `smiles` where it is given. */
        atomWeights: z.array(z.array(z.number().min(-1).max(1))).optional(),
        width: z.int().min(40).max(1200),
        height: z.int().min(40).max(1200),
        theme: z.enum(['light', 'dark']),
      }),
    )
    .output(z.array(z.string().nullable())),
  /** Is this a structure? The canonical SMILES, or why not. */
  check: procedure
    .input(z.strictObject({ smiles: z.string().max(10_000) }))
    .output(
      z.union([
        z.strictObject({ ok: z.literal(true), canonical: z.string(), heavyAtoms: z.int() }),
        z.strictObject({ ok: z.literal(false), reason: z.string() }),
      ]),
    ),
}
