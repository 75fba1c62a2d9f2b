/** What a few steps of training cost on this machine: measured by a trainer in a process of its own, kept by the host. */
import { z } from 'zod'

const duration = z.number().nonnegative()
const bytes = z.number().nonnegative()

export const batchProbeSchema = z.strictObject({
  /** Molecules a step. */
  batchSize: z.int().positive(),
  /** From one step to the next, whatever was waited for in between; mean of some steps after the first ones. */
  stepMs: duration,
  /** The most the process had held when these steps were done. */
  peakBytes: bytes,
})
export type BatchProbe = z.infer<typeof batchProbeSchema>

export const networkProbeSchema = z.strictObject({
  /** By rising batch size. */
  batches: z.array(batchProbeSchema).min(1),
  /** Sizes that the provider could not allocate. */
  refused: z.array(z.int().positive()),
  /** Of one validation row: making its batch, which happens once where batches are kept, and predicting it, which every epoch does. */
  assembleMs: duration,
  evaluateMs: duration,
  /** Of one validation row, as a batch. */
  rowBytes: bytes,
})
export type NetworkProbe = z.infer<typeof networkProbeSchema>

export const processProbeSchema = z.strictObject({
  /** Rows the hyper-parameters were chosen on, and how long that took. */
  tuningRows: z.int().positive(),
  tuningMs: duration,
  /** Of one compound with one other, by all kernels. */
  pairMs: duration,
  /** Of factor, its inverse and the inverse of a matrix of n rows: squareMs · n² + cubeMs · n³. */
  squareMs: duration,
  cubeMs: duration,
  /** The most the process had held when the hyper-parameters were chosen. */
  peakBytes: bytes,
})
export type ProcessProbe = z.infer<typeof processProbeSchema>

export const probeProfileSchema = z.strictObject({
  /** Of the process before it trained anything. */
  baseBytes: bytes,
  network: networkProbeSchema.nullable(),
  process: processProbeSchema.nullable(),
})
export type ProbeProfile = z.infer<typeof probeProfileSchema>

/** What is to be measured; the rows of the run folder are a sample of the data set. */
export interface ProbeRequest {
  /** Exactly measured rows that a process will learn from; 0: it will not. */
  processRows: number
  /** Whether to look for a batch size instead of measuring the one that is set. */
  fitBatch: boolean
  /** Largest batch size worth looking at. */
  largestBatch: number
  /** What the process may hold. */
  memoryBytes: number
}
