/**
 * What the host and an inspector say to each other: a process that looks into the files of one model and is thrown away. It is asked one
 * thing; its silence and its memory are watched by the host.
 */
import { z } from 'zod'
import type { RecordBlock } from './chem-protocol.ts'
import { errorBodySchema } from './contract/common.ts'
import type { ForeignRequest, Seen } from './contract/foreign.ts'
import { INTAKE_STAGES } from './contract/foreign.ts'

export type InspectorCommand =
  /** Unpacks a passport into an empty folder and verifies it there. Answers `InspectedPassport`. */
  | { type: 'openPassport'; file: string; folder: string }
  /** Predicts the hold-out rows of a model again. Answers `Verification`. */
  | { type: 'verify'; folder: string }
  /** Answers an `Evaluation` without what only the host knows. */
  | { type: 'evaluate'; folder: string }
  /** Answers a `LearningCurve`, or `null` for a model that it cannot be made of. */
  | { type: 'learningCurve'; folder: string }
  /** Answers what a passport declares of the ONNX file. */
  | { type: 'describe'; folder: string }
  /** Answers a `ForeignLook`. */
  | { type: 'lookAtForeign'; file: string }
  /** Makes the folder of a model of an ONNX file made elsewhere. Answers its `ForeignCard`. */
  | ({ type: 'takeForeign'; file: string; folder: string } & ForeignTask)

/** What is asked of a model made elsewhere, and what it is judged with. */
export interface ForeignTask {
  fileName: string
  request: Pick<ForeignRequest, 'fingerprint' | 'output' | 'scale' | 'endpoint' | 'target'>
  /** Compounds that everybody knows, with their feature records in order. */
  probes: { name: string; smiles: string }[]
  probeRecords: RecordBlock
  measured: (ForeignTable & { seen: Seen; leftOut: { bounds: number; inTraining: number } }) | null
  training: ForeignTable | null
  application: { version: string }
}

/** Exactly measured compounds of a data set. */
export interface ForeignTable {
  dataset: { id: string; name: string; sha256: string; simulated: boolean }
  /** Their features (`chem/features/feature-file.ts`), in their order. */
  featureFile: string
  rows: { row: number; smiles: string; pX: number }[]
}

export const verificationSchema = z.strictObject({
  /** Test rows that were predicted again; 0 where none are enclosed. */
  rows: z.int().nonnegative(),
  /** Between the predictions of the card and those made now, pX units. */
  largestDifference: z.number().nonnegative().nullable(),
  /** The most that it may be. */
  tolerance: z.number(),
  /** What was found to be as stated. */
  checks: z.array(
    z.enum(['archive', 'hashes', 'onnx', 'predictions', 'intervals', 'metrics', 'baselines', 'labels', 'calibration']),
  ),
})
export type Verification = z.infer<typeof verificationSchema>

export interface InspectedPassport {
  manifestSha256: string
  name: string
  version: number
  licence: string
  verification: Verification
}

export const inspectorMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    stage: z.enum(INTAKE_STAGES),
    done: z.number(),
    total: z.number().nullable(),
  }),
  z.strictObject({ type: z.literal('answered'), result: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), error: errorBodySchema }),
])
export type InspectorMessage = z.infer<typeof inspectorMessageSchema>
export type InspectorProgress = Omit<Extract<InspectorMessage, { type: 'progress' }>, 'type'>
