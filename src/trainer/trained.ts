/** What training leaves behind: the parts, and the model that is made of them. */

import { stackTwo } from '../recipes/auto/stack.ts'
import { stackedModel } from '../recipes/auto/stacked-model.ts'
import { rmse } from '../recipes/metrics/regression.ts'
import { createBatches, type KernelRows } from '../recipes/serving/batches.ts'
import type { BatchMaker } from '../recipes/serving/predict-records.ts'
import type { PartRecipe } from '../shared/contract/jobs.ts'
import type { ModelCard } from '../shared/contract/models.ts'
import type { ModelDefinition } from '../tensor/model-definition.ts'
import type { RunConfig } from './run-config.ts'
import type { RunReporter } from './run-reporter.ts'

/** pX of a row by a model that has not seen it. */
export interface UnseenValue {
  readonly prediction: number
  /** How unsure the model is of it, where that says something about its error. */
  readonly spread: number | null
}

export interface TrainedPart {
  readonly recipe: PartRecipe
  /** Outputs `prediction` and `spread`, pX units. */
  readonly definition: ModelDefinition
  readonly theta: Float32Array
  /** By row, for the rows that calibrate. */
  readonly unseen: ReadonlyMap<number, UnseenValue>
  /** Ascending. */
  readonly learned: readonly number[]
  /** Rows known as bounds only that it could not learn from. */
  readonly boundsLeftOut: number
  /** Of a process: its training compounds, and the bytes of the file that keeps them. */
  readonly kernels: { readonly rows: KernelRows; readonly file: Uint8Array } | null
  readonly epochs: number
  readonly bestEpoch: number
}

/** The model of a run, whatever it is made of. */
export interface TrainedModel extends Omit<TrainedPart, 'recipe' | 'boundsLeftOut'> {
  readonly batches: BatchMaker
  readonly parts: ModelCard['parts']
}

/** The one part as it is, or both as the errors on unseen rows say; which, goes into the log. */
export function joinParts(config: RunConfig, trained: readonly TrainedPart[], reporter: RunReporter): TrainedModel {
  const [first, second] = trained
  if (!first) throw new Error('A run without a trained part')
  if (!second) return alone(config, first, [cardPart(config, first, 1)])
  const rows = exactUnseen(config, first).filter(row => second.unseen.has(row))
  const measured = rows.map(row => config.spec.rows.y[row]!)
  const predictions = (part: TrainedPart) => rows.map(row => part.unseen.get(row)!.prediction)
  const { weight, winner, rmse } = stackTwo({ measured, first: predictions(first), second: predictions(second) })
  const parts = [cardPart(config, first, weight), cardPart(config, second, 1 - weight)]
  const errors = `RMSE on ${rows.length} unseen compounds: ${first.recipe} ${rmse.first.toFixed(3)}, ${second.recipe} ${rmse.second.toFixed(3)}`
  if (winner === 'both') {
    const share = `${(100 * weight).toFixed(0)} % ${first.recipe} and ${(100 - 100 * weight).toFixed(0)} % ${second.recipe}`
    reporter.log('info', `${errors}, both together ${rmse.stacked.toFixed(3)}: the model is ${share}`)
    return together(config, [first, second], { weight, parts })
  }
  const better = winner === 'first' ? first : second
  reporter.log('info', `${errors}; together they are no better: the model is ${better.recipe} alone`)
  return alone(config, better, parts)
}

function alone({ parts: { network } }: RunConfig, part: TrainedPart, parts: ModelCard['parts']): TrainedModel {
  return { ...part, batches: createBatches(part.kernels ? null : network, part.kernels?.rows ?? null), parts }
}

function together(
  { parts: { network } }: RunConfig,
  [process, networks]: readonly [TrainedPart, TrainedPart],
  { weight, parts }: { weight: number; parts: ModelCard['parts'] },
): TrainedModel {
  const stacked = stackedModel([
    { name: 'process', definition: process.definition, theta: process.theta, weight },
    { name: 'network', definition: networks.definition, theta: networks.theta, weight: 1 - weight },
  ])
  const unseen = new Map<number, UnseenValue>()
  for (const [row, { prediction, spread }] of process.unseen) {
    const other = networks.unseen.get(row)
    if (other) unseen.set(row, { prediction: weight * prediction + (1 - weight) * other.prediction, spread })
  }
  return {
    ...stacked,
    unseen,
    learned: [...new Set([...process.learned, ...networks.learned])].sort((a, b) => a - b),
    kernels: process.kernels,
    epochs: networks.epochs,
    bestEpoch: networks.bestEpoch,
    batches: createBatches(network, process.kernels?.rows ?? null),
    parts,
  }
}

function cardPart(config: RunConfig, part: TrainedPart, weight: number): ModelCard['parts'][number] {
  const rows = exactUnseen(config, part)
  const error = rmse(
    rows.map(row => config.spec.rows.y[row]!),
    rows.map(row => part.unseen.get(row)!.prediction),
  )
  if (error === null) throw new Error(`${part.recipe} has predicted no exactly measured row that it had not seen`)
  return { recipe: part.recipe, weight, unseenRmse: error, boundsLeftOut: part.boundsLeftOut }
}

/** Rows that measure something: a bound does not. */
function exactUnseen({ spec }: RunConfig, { unseen }: TrainedPart): number[] {
  return [...unseen.keys()].filter(row => spec.rows.bound[row] === 0)
}
