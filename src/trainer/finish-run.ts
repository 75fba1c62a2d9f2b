/** From trained members to a model that can be judged and used: export, evaluation, calibration, card. */
import { OrtSession } from '../node/ort-session.ts'
import { predictMean, predictNearest } from '../recipes/baselines/baselines.ts'
import { conformalInterval } from '../recipes/calibration/conformal.ts'
import { encodeDomain } from '../recipes/domain/domain-file.ts'
import { regressionMetrics, rmse } from '../recipes/metrics/regression.ts'
import { ensembleModel, ensembleTheta } from '../recipes/serving/ensemble.ts'
import { predictRecords, type RunModel } from '../recipes/serving/predict-records.ts'
import type { TrainResult } from '../shared/contract/jobs.ts'
import { type ModelCard, modelCardSchema } from '../shared/contract/models.ts'
import { exportModel } from '../tensor/model-definition.ts'
import { createCard } from './create-card.ts'
import type { FeatureTable } from './feature-table.ts'
import { type MemberOutcome, StopSignal, throwIfStopping } from './member.ts'
import { writeRunFile } from './model-files.ts'
import { outOfFold } from './out-of-fold.ts'
import type { RunConfig } from './run-config.ts'
import { learnedRows, type RunPlan } from './run-plan.ts'
import type { RunReporter } from './run-reporter.ts'
import type { RunWatch } from './run-watch.ts'

export interface FinishTask {
  readonly config: RunConfig
  readonly plan: RunPlan
  readonly table: FeatureTable
  readonly members: readonly MemberOutcome[]
  readonly runFolder: string
  readonly reporter: RunReporter
  readonly watch: RunWatch
}

const FINGERPRINT = 'morgan-count-r2-chiral'
const LEVEL = 0.9

/** Writes model.onnx, domain.bin and, last, card.json. Returns `null` where it was asked to stop before that. */
export async function finishRun(task: FinishTask): Promise<TrainResult | null> {
  const { config, plan, table, members, runFolder, reporter, watch } = task
  reporter.stage('exporting')
  const model = exportMembers(config, members)
  reporter.stage('evaluating')
  const predicted = await predictWith(model, task)
  if (predicted === null) return null
  const figures = judge(task, predicted)
  reporter.stage('saving')
  const files = {
    model: await writeRunFile(runFolder, 'model.onnx', model),
    domain: await writeRunFile(runFolder, 'domain.bin', domainOf({ config, plan, table })),
  }
  const card = modelCardSchema.parse(createCard(task, figures, files))
  await writeRunFile(runFolder, 'card.json', Buffer.from(`${JSON.stringify(card, null, 2)}\n`))
  const best = members.reduce((a, b) => (b.bestScore < a.bestScore ? b : a))
  return {
    metrics: figures.metrics,
    baselines: figures.baselines,
    epochs: members.reduce((sum, member) => sum + member.epochs, 0),
    bestEpoch: best.bestEpoch,
    seconds: watch.elapsedMs / 1000,
  }
}

function exportMembers({ spec, model }: RunConfig, members: readonly MemberOutcome[]): Uint8Array {
  const scaled = members.map(({ theta, scale }) => ({ theta, labelMean: scale.mean, labelSd: scale.sd }))
  return exportModel(ensembleModel(model.evaluation, scaled), {
    theta: ensembleTheta(scaled),
    metadata: {
      format: 'bindery-model-1',
      recipe: spec.recipe,
      featurePreset: spec.featurePreset,
      members: String(members.length),
      unit: 'pX',
      dataset: spec.dataset.sha256,
    },
  })
}

/**
 * pX of the test rows, by the exported model itself on the CPU: what is judged is what will be used. `null` where it was asked to
 * stop.
 */
async function predictWith(
  bytes: Uint8Array,
  { config, plan, table, watch }: FinishTask,
): Promise<Float32Array | null> {
  const session = await OrtSession.create(bytes, { provider: 'cpu', threads: config.threads })
  const run: RunModel = batch => {
    throwIfStopping(watch)
    return session.runArrays(batch)
  }
  try {
    const { test } = plan.split
    const source = { count: test.length, record: (position: number) => table.record(test[position]!) }
    return (await predictRecords(config.model, source, { run, outputs: ['prediction'] })).prediction
  } catch (error) {
    if (error instanceof StopSignal) return null
    throw error
  } finally {
    await session.release()
  }
}

export interface Figures {
  readonly metrics: TrainResult['metrics']
  readonly baselines: TrainResult['baselines']
  readonly conformal: ModelCard['conformal']
  readonly parity: ModelCard['parity']
}

function judge({ config, plan, table, members }: FinishTask, predicted: Float32Array): Figures {
  const { y, bound } = config.spec.rows
  const unseen = outOfFold(plan.folds, members)
  const exact = (row: number) => bound[row] === 0
  const validation = plan.split.validation.filter(exact).map(row => ({ row, predicted: unseen.get(row)! }))
  const test = plan.split.test.map((row, i) => ({ row, predicted: predicted[i]! })).filter(({ row }) => exact(row))
  const metricsOf = (part: { row: number; predicted: number }[]) =>
    regressionMetrics(
      part.map(({ row }) => y[row]!),
      part.map(pair => pair.predicted),
    )
  const parityOf = (part: 'validation' | 'test', pairs: { row: number; predicted: number }[]) =>
    pairs.map(pair => ({ row: pair.row, part, measured: y[pair.row]!, predicted: pair.predicted }))
  const residuals = [...unseen].filter(([row]) => exact(row)).map(([row, value]) => y[row]! - value)
  return {
    metrics: { validation: metricsOf(validation), test: metricsOf(test) },
    baselines: baselinesOf(
      { config, plan, table },
      test.map(({ row }) => row),
    ),
    conformal: conformalInterval(residuals, LEVEL),
    parity: [...parityOf('validation', validation), ...parityOf('test', test)],
  }
}

type Learned = Pick<FinishTask, 'config' | 'plan' | 'table'>

function baselinesOf({ config: { spec }, plan, table }: Learned, test: readonly number[]): TrainResult['baselines'] {
  const learned = learnedRows(plan).filter(row => spec.rows.bound[row] === 0)
  const values = learned.map(row => spec.rows.y[row]!)
  const measured = test.map(row => spec.rows.y[row]!)
  const fingerprints = (rows: readonly number[]) => rows.map(row => table.record(row)[FINGERPRINT])
  const nearest = predictNearest({ fingerprints: fingerprints(learned), values }, fingerprints(test))
  return {
    mean: { rmse: rmse(measured, predictMean(values, test.length)) },
    nearest: { rmse: rmse(measured, nearest) },
  }
}

/** The exactly measured compounds that were learned from: a bound is no measured value to show as an analogue's. */
function domainOf({ config: { spec }, plan, table }: Learned): Uint8Array {
  const rows = learnedRows(plan).filter(row => spec.rows.bound[row] === 0)
  return encodeDomain({
    section: FINGERPRINT,
    fingerprints: rows.map(row => table.record(row)[FINGERPRINT]),
    pX: Float64Array.from(rows, row => spec.rows.y[row]!),
    smiles: rows.map(row => spec.rows.smiles[row]!),
  })
}
