/** Which rows make up which batch of a member, in the order in which a run needs them. Depends on its arguments alone. */

import { SERVING_BATCH } from '../../recipes/serving/predict-records.ts'
import type { Fold } from '../../recipes/splits/split.ts'
import { equalSlices } from '../../recipes/training/plan.ts'
import { randomPermutation } from '../../tensor/random.ts'

export interface OrderOptions {
  readonly seed: number
  readonly member: number
  readonly fold: Fold
  readonly epochs: number
  readonly batchSize: number
}

/** Where a member goes on: what a checkpoint says. */
export interface BatchPosition {
  /** Counted from 0. */
  readonly epoch: number
  /** Batches of the epoch that are done. */
  readonly batch: number
  /** Finished steps. */
  readonly step: number
}

export type PlannedBatch =
  /** `step` is the one it will be, counted from 1. */
  | { readonly kind: 'training'; readonly step: number; readonly rows: readonly number[] }
  /** Rows `start` to `start` + rows.length of the fold's validation rows. */
  | { readonly kind: 'validation'; readonly start: number; readonly rows: readonly number[] }

/**
 * From a position to the last epoch: the batches of an epoch and then those of its validation, epoch after epoch.
 *
 * @param isKept Asked before each validation: whether its batches are kept from the one before and not needed again.
 */
export function* batchesFrom(
  options: OrderOptions,
  from: BatchPosition,
  isKept: () => boolean = () => false,
): Generator<PlannedBatch> {
  let { batch, step } = from
  for (let epoch = from.epoch; epoch < options.epochs; epoch++, batch = 0) {
    for (const rows of trainingRows(options, epoch).slice(batch)) yield { kind: 'training', step: ++step, rows }
    if (!isKept()) yield* validationBatches(options.fold)
  }
}

export function* validationBatches({ validation }: Fold): Generator<PlannedBatch> {
  for (const { start, end } of equalSlices(validation.length, SERVING_BATCH)) {
    yield { kind: 'validation', start, rows: validation.slice(start, end) }
  }
}

/** The training rows of an epoch in its own shuffled order, batch by batch. */
export function trainingRows({ seed, member, fold, batchSize }: OrderOptions, epoch: number): number[][] {
  const order = randomPermutation({ seed, stream: `shuffle ${member}`, step: epoch }, fold.train.length)
  return equalSlices(fold.train.length, batchSize).map(({ start, end }) =>
    Array.from(order.subarray(start, end), position => fold.train[position]!),
  )
}
