/**
 * What the host and an inspector say to each other: a process that looks into the files of one model and is thrown away. It is asked one
 * thing; its silence and its memory are watched by the host.
 */
import { z } from 'zod'
import { errorBodySchema } from './contract/common.ts'

export type InspectorCommand =
  /** Unpacks a passport into an empty folder and verifies it there. Answers `InspectedPassport`. */
  | { type: 'openPassport'; file: string; folder: string }
  /** Predicts the hold-out rows of a model again. Answers `Verification`. */
  | { type: 'verify'; folder: string }
  /** Answers an `Evaluation` without what only the host knows. */
  | { type: 'evaluate'; folder: string }
  /** Answers what a passport declares of the ONNX file. */
  | { type: 'describe'; folder: string }

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
    stage: z.enum(['unpacking', 'loading', 'predicting', 'comparing']),
    done: z.number(),
    total: z.number().nullable(),
  }),
  z.strictObject({ type: z.literal('answered'), result: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), error: errorBodySchema }),
])
export type InspectorMessage = z.infer<typeof inspectorMessageSchema>
export type InspectorProgress = Omit<Extract<InspectorMessage, { type: 'progress' }>, 'type'>
