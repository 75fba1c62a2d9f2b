/** What a trained model is worth: figures, floors, intervals. */
import { predictMean, predictNearest } from '../recipes/baselines/baselines.ts'
import { type ConformalInterval, conformalInterval, halfWidthOf } from '../recipes/calibration/conformal.ts'
import { judgedMetrics } from '../recipes/metrics/judged-metrics.ts'
import { rmse } from '../recipes/metrics/regression.ts'
import type { TrainResult } from '../shared/contract/jobs.ts'
import type { ModelCard } from '../shared/contract/models.ts'
import type { FeatureTable } from './feature-table.ts'
import type { RunConfig } from './run-config.ts'
import type { RunPlan } from './run-plan.ts'
import type { TrainedModel, UnseenValue } from './trained.ts'

export const FINGERPRINT = 'morgan-count-r2-chiral'
const LEVEL = 0.9

export interface Judged {
  readonly config: RunConfig
  readonly plan: RunPlan
  readonly table: FeatureTable
  readonly trained: TrainedModel
}

export interface Figures {
  readonly metrics: TrainResult['metrics']
  readonly baselines: TrainResult['baselines']
  readonly conformal: ModelCard['conformal']
  readonly parity: ModelCard['parity']
}

/** What the exported model says of the test rows, in their order. [test rows] */
export interface TestOutputs {
  readonly prediction: Float32Array
  readonly spread: Float32Array
}

interface Pair extends UnseenValue {
  readonly row: number
}

/** On exactly measured rows only: a bound measures nothing. */
export function judge({ config, plan, table, trained }: Judged, outputs: TestOutputs): Figures {
  const { y, bound, smiles } = config.spec.rows
  const exact = ({ row }: { row: number }) => bound[row] === 0
  const unseen: Pair[] = [...trained.unseen].map(([row, value]) => ({ row, ...value })).filter(exact)
  const byRow = new Map(unseen.map(pair => [pair.row, pair]))
  const validation = plan.split.validation.flatMap(row => byRow.get(row) ?? [])
  const test: Pair[] = plan.split.test
    .map((row, i) => ({ row, prediction: outputs.prediction[i]!, spread: outputs.spread[i]! }))
    .filter(exact)
  const conformal = calibrate(unseen, y)
  const metricsOf = (pairs: readonly Pair[]) =>
    judgedMetrics(
      pairs.map(({ row }) => y[row]!),
      pairs.map(({ prediction }) => prediction),
      config.spec.seed,
    )
  const parityOf = (part: 'validation' | 'test', pairs: readonly Pair[]) =>
    pairs.map(({ row, prediction, spread }) => {
      const halfWidth = halfWidthOf(conformal, spread ?? 0)
      return { row, part, measured: y[row]!, predicted: prediction, halfWidth, smiles: smiles[row]! }
    })
  return {
    metrics: { validation: metricsOf(validation), test: metricsOf(test) },
    baselines: baselinesOf(
      { config, table, trained },
      test.map(({ row }) => row),
    ),
    conformal,
    parity: [...parityOf('validation', validation), ...parityOf('test', test)],
  }
}

/** Scaled where the model knows how unsure it is of each row. */
function calibrate(unseen: readonly Pair[], y: readonly number[]): ConformalInterval {
  const residuals = unseen.map(({ row, prediction }) => y[row]! - prediction)
  const spreads = unseen.flatMap(({ spread }) => spread ?? [])
  return conformalInterval(residuals, LEVEL, spreads.length === unseen.length ? spreads : undefined)
}

function baselinesOf(
  { config: { spec }, table, trained }: Omit<Judged, 'plan'>,
  test: readonly number[],
): TrainResult['baselines'] {
  const learned = trained.learned.filter(row => spec.rows.bound[row] === 0)
  const values = learned.map(row => spec.rows.y[row]!)
  const measured = test.map(row => spec.rows.y[row]!)
  const fingerprints = (rows: readonly number[]) => rows.map(row => table.record(row)[FINGERPRINT])
  const nearest = predictNearest({ fingerprints: fingerprints(learned), values }, fingerprints(test))
  return {
    mean: { rmse: rmse(measured, predictMean(values, test.length)) },
    nearest: { rmse: rmse(measured, nearest) },
  }
}
