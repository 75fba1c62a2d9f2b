/** What a trained model is worth: figures, floors, intervals. */
import { judgeFloors } from '../recipes/baselines/baselines.ts'
import { CONFIDENCE, type ConformalInterval, conformalInterval, halfWidthOf } from '../recipes/calibration/conformal.ts'
import { leakageOf } from '../recipes/domain/leakage.ts'
import { judgedMetrics } from '../recipes/metrics/judged-metrics.ts'
import type { TrainResult } from '../shared/contract/jobs.ts'
import type { ModelCard } from '../shared/contract/models.ts'
import type { FeatureTable } from './feature-table.ts'
import { throwIfStopping } from './member.ts'
import { findNeighbours } from './neighbours.ts'
import type { RunConfig } from './run-config.ts'
import type { RunPlan } from './run-plan.ts'
import type { TrainedModel, UnseenValue } from './trained.ts'

const LEVEL = 0.9

export interface Judged {
  readonly config: RunConfig
  readonly plan: RunPlan
  readonly table: FeatureTable
  readonly trained: TrainedModel
  readonly watch: { readonly isStopping: boolean }
}

/** What is known of a model once it has predicted rows it had not seen. */
export type Evaluation = Required<Pick<TrainResult, 'metrics' | 'baselines' | 'leakage'>> &
  Required<Pick<ModelCard, 'neighbours' | 'parity'>>

/** What the exported model says of the test rows, in their order. [test rows] */
export interface TestOutputs {
  readonly prediction: Float32Array
  readonly spread: Float32Array
}

interface Pair extends UnseenValue {
  readonly row: number
}

/** On exactly measured rows only: a bound measures nothing. Throws a StopSignal where it was asked to stop. */
export function judge(judged: Judged, outputs: TestOutputs): Evaluation {
  const { config, plan, trained } = judged
  const { y, smiles } = config.spec.rows
  const exact = isExact(config)
  const byRow = new Map(unseenPairs(judged).map(pair => [pair.row, pair]))
  const validation = plan.split.validation.flatMap(row => byRow.get(row) ?? [])
  const test: Pair[] = plan.split.test
    .map((row, i) => ({ row, prediction: outputs.prediction[i]!, spread: outputs.spread[i]! }))
    .filter(({ row }) => exact(row))
  const conformal = calibrate(judged)
  const metricsOf = (pairs: readonly Pair[]) =>
    judgedMetrics(
      pairs.map(({ row }) => y[row]!),
      pairs.map(({ prediction }) => prediction),
      config.spec.seed,
      () => throwIfStopping(judged.watch),
    )
  const parityOf = (part: 'validation' | 'test', pairs: readonly Pair[]) =>
    pairs.map(({ row, prediction, spread }) => {
      const halfWidth = halfWidthOf(conformal, spread ?? 0)
      return { row, part, measured: y[row]!, predicted: prediction, halfWidth, smiles: smiles[row]! }
    })
  const testRows = test.map(({ row }) => row)
  const neighbours = findNeighbours(judged, testRows, trained.learned)
  return {
    metrics: { validation: metricsOf(validation), test: metricsOf(test) },
    baselines: {
      ...floors(judged, testRows, trained.learned),
      validation: floors(
        judged,
        validation.map(({ row }) => row),
        plan.split.train,
      ),
    },
    leakage: leakageOf(neighbours.map(({ similarity }) => similarity)),
    neighbours,
    parity: [...parityOf('validation', validation), ...parityOf('test', test)],
  }
}

/** Intervals from the rows that were predicted without having been seen. Scaled where the model knows how unsure it is of each. */
export function calibrate(judged: Judged): ConformalInterval {
  const { y } = judged.config.spec.rows
  const unseen = unseenPairs(judged)
  const residuals = unseen.map(({ row, prediction }) => y[row]! - prediction)
  const spreads = unseen.flatMap(({ spread }) => spread ?? [])
  const scale = spreads.length === unseen.length ? { spreads } : {}
  return conformalInterval(residuals, { level: LEVEL, confidence: CONFIDENCE, ...scale })
}

function unseenPairs({ config, trained }: Judged): Pair[] {
  const exact = isExact(config)
  return [...trained.unseen].map(([row, value]) => ({ row, ...value })).filter(({ row }) => exact(row))
}

function floors(judged: Judged, rows: readonly number[], learned: readonly number[]) {
  const { y } = judged.config.spec.rows
  const known = learned.filter(isExact(judged.config))
  const checkpoint = (): void => throwIfStopping(judged.watch)
  const { seed } = judged.config.spec
  return judgeFloors({ y, learned: known, seed, checkpoint }, findNeighbours(judged, rows, known))
}

function isExact({ spec }: RunConfig): (row: number) => boolean {
  return row => spec.rows.bound[row] === 0
}
