/** What the training thread and the thread that assembles its batches say to each other. */

import type { SettingValues } from '../../recipes/settings.ts'
import type { Fold } from '../../recipes/splits/split.ts'
import type { LabelScale } from '../../recipes/training/labels.ts'
import type { Recipe as RecipeName } from '../../shared/contract/jobs.ts'
import type { ReadyBatch } from './assemble-batch.ts'
import type { BatchPosition } from './batch-order.ts'

/** Given once, as the thread's data. */
export interface BatchThreadData {
  readonly featureFile: string
  readonly recipe: RecipeName
  readonly settings: SettingValues
  readonly y: Float64Array
  readonly bound: Int8Array
  readonly seed: number
}

export type BatchThreadCommand =
  /** Drops what was being made and goes on from there. `stream` names what follows. */
  | {
      readonly type: 'begin'
      readonly stream: number
      readonly member: number
      readonly fold: Fold
      readonly scale: LabelScale
      /** `validation`: the validation batches once. */
      readonly from: BatchPosition | 'validation'
    }
  /** A batch of the stream has been taken: there is room for so many bytes again. */
  | { readonly type: 'taken'; readonly stream: number; readonly bytes: number }

export type BatchThreadMessage =
  | { readonly type: 'batch'; readonly stream: number; readonly batch: ReadyBatch; readonly bytes: number }
  /** A bug or a damaged feature file; the thread ends. */
  | { readonly type: 'failed'; readonly error: unknown }

/** Batches that are ready but not taken: at most so many, and at most so many bytes, but always one. */
export const AHEAD = { batches: 8, bytes: 256 * 1024 ** 2 }

/** Validation batches are the same in every epoch: where they take no more than this they are made once and kept. */
export const KEPT_VALIDATION_BYTES = 128 * 1024 ** 2
