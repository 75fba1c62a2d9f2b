/** From what was trained to a model that can be judged and used: export, evaluation, calibration, card. */
import { createHash } from 'node:crypto'
import { OrtSession } from '../node/ort-session.ts'
import { encodeDomain } from '../recipes/domain/domain-file.ts'
import { encodeFeatureRows } from '../recipes/serving/feature-rows.ts'
import { MAX_HOLDOUT_ROWS } from '../recipes/serving/holdout.ts'
import { predictRecords, type RunModel } from '../recipes/serving/predict-records.ts'
import type { Scrambling } from '../shared/contract/evaluation.ts'
import type { TrainResult } from '../shared/contract/jobs.ts'
import { modelCardSchema } from '../shared/contract/models.ts'
import { exportModel } from '../tensor/model-definition.ts'
import { createCard } from './create-card.ts'
import { calibrate, type Evaluation, type Judged, judge, type TestOutputs } from './judge.ts'
import { StopSignal, throwIfStopping } from './member.ts'
import { writeRunFile } from './model-files.ts'
import { FINGERPRINT } from './neighbours.ts'
import type { RunReporter } from './run-reporter.ts'
import type { RunWatch } from './run-watch.ts'
import { scrambleRun } from './scrambling.ts'

export interface FinishTask extends Judged {
  readonly runFolder: string
  readonly reporter: RunReporter
  readonly watch: RunWatch
}

/** Writes model.onnx and what it needs beside it and, last, card.json. Returns `null` where it was asked to stop before that. */
export async function finishRun(task: FinishTask): Promise<TrainResult | null> {
  const { trained, runFolder, reporter, watch } = task
  reporter.stage('exporting')
  const model = exportTrained(task)
  const figures = await figuresOf(task, model)
  if (figures === null) return null
  reporter.stage('saving')
  const files = {
    model: await writeRunFile(runFolder, 'model.onnx', model),
    domain: await writeRunFile(runFolder, 'domain.bin', domainOf(task)),
    ...(trained.kernels ? { kernels: await writeRunFile(runFolder, 'kernels.bin', trained.kernels.file) } : {}),
    ...(task.config.spec.refit ? {} : { holdout: await writeRunFile(runFolder, 'holdout.bin', holdoutOf(task)) }),
  }
  const card = modelCardSchema.parse(createCard(task, { ...figures, conformal: calibrate(task) }, files))
  await writeRunFile(runFolder, 'card.json', Buffer.from(`${JSON.stringify(card, null, 2)}\n`))
  return {
    metrics: figures.metrics,
    baselines: figures.baselines,
    ...(figures.leakage ? { leakage: figures.leakage } : {}),
    ...(figures.scrambling ? { scrambling: figures.scrambling } : {}),
    ...(watch.halvings.length > 0 ? { halvings: [...watch.halvings] } : {}),
    epochs: trained.epochs,
    bestEpoch: trained.bestEpoch,
    seconds: watch.elapsedMs / 1000,
  }
}

/** What a card says of the worth of a model. Of a refit it is that of the model whose recipe it repeats, whose card may be older. */
export type Figures = Partial<Evaluation> &
  Pick<Evaluation, 'metrics' | 'baselines' | 'parity'> & { readonly scrambling?: Scrambling | undefined }

/** `null` where it was asked to stop. */
async function figuresOf(task: FinishTask, model: Uint8Array): Promise<Figures | null> {
  const { spec } = task.config
  if (spec.refit) {
    const { metrics, baselines, leakage, neighbours, scrambling, parity } = spec.refit.evaluated
    return { metrics, baselines, parity, ...(leakage && neighbours ? { leakage, neighbours } : {}), scrambling }
  }
  try {
    task.reporter.stage('evaluating')
    const evaluation = judge(task, await predictTest(model, task))
    return { ...evaluation, scrambling: spec.scramble ? await scrambleRun(task) : undefined }
  } catch (error) {
    if (error instanceof StopSignal) return null
    throw error
  }
}

function exportTrained({ config: { spec }, trained }: FinishTask): Uint8Array {
  return exportModel(trained.definition, {
    theta: trained.theta,
    metadata: {
      format: 'bindery-model-1',
      recipe: spec.recipe,
      featurePreset: spec.featurePreset,
      unit: 'pX',
      dataset: spec.dataset.sha256,
    },
  })
}

/** pX of the test rows, by the exported model itself on the CPU: what is judged is what will be used. Throws a StopSignal. */
async function predictTest(
  bytes: Uint8Array,
  { config, plan, table, trained, watch }: FinishTask,
): Promise<TestOutputs> {
  const session = await OrtSession.create(bytes, { provider: 'cpu', threads: config.threads })
  const run: RunModel = batch => {
    throwIfStopping(watch)
    return session.runArrays(batch)
  }
  try {
    const { test } = plan.split
    const source = { count: test.length, record: (position: number) => table.record(test[position]!) }
    return await predictRecords(trained.batches, source, { run, outputs: ['prediction', 'spread'] })
  } finally {
    await session.release()
  }
}

/** Features of the test rows as they were predicted, so that whoever is given the model can predict them again. */
function holdoutOf({ config, plan, table }: FinishTask): Uint8Array {
  const sections = [...new Set([...config.recipe.sections, FINGERPRINT] as const)]
  const rows = plan.split.test.slice(0, MAX_HOLDOUT_ROWS)
  return encodeFeatureRows(
    rows.map(row => table.record(row)),
    { sections, toolkit: table.toolkit, sha256: bytes => new Uint8Array(createHash('sha256').update(bytes).digest()) },
  )
}

/** The exactly measured compounds that were learned from: a bound is no measured value to show as an analogue's. */
function domainOf({ config: { spec }, table, trained }: FinishTask): Uint8Array {
  const rows = trained.learned.filter(row => spec.rows.bound[row] === 0)
  return encodeDomain({
    section: FINGERPRINT,
    fingerprints: rows.map(row => table.record(row)[FINGERPRINT]),
    pX: Float64Array.from(rows, row => spec.rows.y[row]!),
    smiles: rows.map(row => spec.rows.smiles[row]!),
  })
}
