/** Models made elsewhere: ONNX files that read a fingerprint, what their numbers mean, and what is known of them here. */
import { z } from 'zod'
import { toPX } from '../affinity.ts'
import { errorBodySchema, idSchema, metricsSchema, nameSchema, timeSchema } from './common.ts'
import { endpointSchema, unitSchema } from './datasets.ts'

/** Widths a fingerprint can be folded to. */
export const FINGERPRINT_BITS = [512, 1024, 2048, 4096] as const

/** A Morgan fingerprint, folded as RDKit's `GetMorganFingerprintAsBitVect` and its fingerprint generators fold it. */
export const fingerprintSchema = z.strictObject({
  kind: z.literal('morgan'),
  radius: z.literal([2, 3]),
  bits: z.literal(FINGERPRINT_BITS),
  /** `bits`: 1 where an environment falls; `counts`: how many do. */
  values: z.enum(['bits', 'counts']),
  chirality: z.boolean(),
})
export type Fingerprint = z.infer<typeof fingerprintSchema>

/** What the number that comes out means. */
export const outputScaleSchema = z
  .strictObject({
    unit: unitSchema,
    /** It is the common logarithm of a concentration in that unit. */
    logarithm: z.boolean().default(false),
  })
  .refine(({ unit, logarithm }) => !logarithm || !['pX', 'kcal/mol', 'kJ/mol'].includes(unit), {
    path: ['logarithm'],
    message: 'expected a concentration where the logarithm is meant',
  })
export type OutputScale = z.infer<typeof outputScaleSchema>

/** −log10(mol/L), not a number where there is none: a concentration that is not positive. */
export function scaledToPX(value: number, { unit, logarithm }: OutputScale): number {
  return toPX(logarithm ? 10 ** value : value, unit)
}

/** Whether the model has learned from the measured compounds it is judged by, as far as its user knows. */
export const seenSchema = z.enum(['no', 'unknown', 'yes'])
export type Seen = z.infer<typeof seenSchema>

const dataSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  sha256: z.string(),
  /** That were used: exactly measured ones. */
  rows: z.int().positive(),
  simulated: z.boolean(),
})

/** What made somebody look twice. `constant`: equal answers for compounds that are not alike; `implausible`: beyond what binds. */
const doubtSchema = z.enum(['constant', 'implausible'])

export const foreignParitySchema = z.strictObject({
  row: z.int().nonnegative(),
  part: z.literal('test'),
  measured: z.number(),
  predicted: z.number(),
  /** Of its interval; `null` where the model has none. */
  halfWidth: z.number().nullable(),
  smiles: z.string(),
})

const fileSchema = z.strictObject({ name: z.string(), sha256: z.string(), sizeBytes: z.int() })

/** The card of a model made elsewhere. Nothing is known of how it was made, so there is neither split nor hold-out. */
export const foreignCardSchema = z.strictObject({
  format: z.literal('bindery-foreign-1'),
  endpoint: endpointSchema,
  target: z.string().nullable(),
  /** Of the predictions, whatever the model itself gives. */
  unit: z.literal('pX'),
  input: fingerprintSchema.extend({
    name: z.string(),
    elementType: z.enum(['float32', 'float64', 'int32', 'int64']),
    /** Compounds it takes at once; `null`: any number. */
    batch: z.int().positive().nullable(),
  }),
  output: z.strictObject({ name: z.string(), unit: unitSchema, logarithm: z.boolean() }),
  /** As the file says, '' where it says nothing. */
  producer: z.string(),
  opsets: z.record(z.string(), z.int()),
  operators: z.array(z.string()),
  fileName: z.string(),
  /** What it said of compounds that everybody knows when it was registered. */
  probes: z.array(z.strictObject({ name: z.string(), smiles: z.string(), pX: z.number().nullable() })),
  doubts: z.array(doubtSchema),
  /** What it was judged and calibrated with here. */
  measured: z
    .strictObject({
      dataset: dataSchema,
      seen: seenSchema,
      /** Rows that were not used: known as bounds only, or in the training table. */
      leftOut: z.strictObject({ bounds: z.int().nonnegative(), inTraining: z.int().nonnegative() }),
      metrics: metricsSchema,
      /** Errors of what costs nothing: their mean, and the value of the nearest training compound where a training table was given. */
      baselines: z.strictObject({ mean: z.number().nullable(), nearest: z.number().nullable() }),
      /** Share of them that lay in intervals calibrated with the others, in turns; `null` where they are too few. */
      coverage: z.strictObject({ level: z.number(), observed: z.number(), folds: z.int().positive() }).nullable(),
    })
    .nullable(),
  /** What it learned from, as its user says: distance to it is the model's domain. */
  training: z.strictObject({ dataset: dataSchema }).nullable(),
  /** Split conformal over the measured compounds; `null` where there are none, too few, or it has learned from them. */
  conformal: z
    .strictObject({
      kind: z.literal('absolute'),
      level: z.number(),
      quantile: z.number(),
      halfWidth: z.number(),
      calibrationRows: z.int(),
    })
    .nullable(),
  parity: z.array(foreignParitySchema),
  files: z.strictObject({
    model: fileSchema,
    /** The training compounds, or the measured ones where there are none. */
    domain: fileSchema.optional(),
    /** Fingerprints of the measured compounds in the order of `parity`. */
    holdout: fileSchema.optional(),
  }),
  application: z.strictObject({ name: z.literal('bindery'), version: z.string(), runtime: z.string() }),
  createdAt: timeSchema,
})
export type ForeignCard = z.infer<typeof foreignCardSchema>

/** What a file says of itself, before anything runs. */
export const foreignLookSchema = z.strictObject({
  producer: z.string(),
  opsets: z.record(z.string(), z.int()),
  operators: z.array(z.string()),
  parameters: z.int().nonnegative(),
  input: z.strictObject({ name: z.string(), /** Numbers a compound; `null`: not said. */ width: z.int().nullable() }),
  outputs: z.array(z.string()),
})
export type ForeignLook = z.infer<typeof foreignLookSchema>

export const foreignRequestSchema = z.strictObject({
  uploadId: idSchema,
  name: nameSchema.optional(),
  versionOf: idSchema.optional(),
  fingerprint: fingerprintSchema,
  /** The one output where left out; needed where there are several. */
  output: z.string().max(255).optional(),
  scale: outputScaleSchema,
  endpoint: endpointSchema,
  target: z.string().trim().max(255).nullable().default(null),
  measured: z.strictObject({ datasetId: idSchema, seen: seenSchema }).nullable().default(null),
  trainingDatasetId: idSchema.nullable().default(null),
})
export type ForeignRequest = z.infer<typeof foreignRequestSchema>

/** What a process that looks into a model may be at. */
export const INTAKE_STAGES = [
  'featurising',
  'unpacking',
  'loading',
  'predicting',
  'comparing',
  'judging',
  'fitting',
] as const
export type IntakeStage = (typeof INTAKE_STAGES)[number]

/** How far a model on its way in is; the last event says what became of it. */
export function intakeEventSchema<M extends z.ZodType>(model: M) {
  return z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('progress'),
      stage: z.enum(INTAKE_STAGES),
      done: z.number(),
      /** `null`: not known. */
      total: z.number().nullable(),
      /** Of all there is to do, 0–1; never falls. */
      share: z.number().min(0).max(1),
    }),
    z.strictObject({ type: z.literal('taken'), model }),
    z.strictObject({ type: z.literal('failed'), error: errorBodySchema }),
  ])
}

/** `morgan-r2-2048-counts-chiral` */
export function fingerprintName({ kind, radius, bits, values, chirality }: Fingerprint): string {
  return `${kind}-r${radius}-${bits}-${values}${chirality ? '-chiral' : ''}`
}
