/** Fits the Gaussian process of a run: it takes seconds, so nothing is kept where it is asked to stop. */
import { createHash } from 'node:crypto'
import { encodeKernelFile, type KernelRecord } from '../recipes/serving/kernel-file.ts'
import { developmentRows } from '../recipes/splits/split.ts'
import {
  type FittedGp,
  fitGp,
  type GpPrediction,
  heldOutPredictions,
  predictGp,
} from '../recipes/tanimoto-gp/gaussian-process.ts'
import { gpModel, gpTheta } from '../recipes/tanimoto-gp/gp-model.ts'
import {
  checkProcessRows,
  kernelInputs,
  MAX_PROCESS_ROWS,
  type ProcessPlan,
} from '../recipes/tanimoto-gp/process-plan.ts'
import { randomPermutation } from '../tensor/random.ts'
import type { FeatureTable } from './feature-table.ts'
import { StopSignal, throwIfStopping } from './member.ts'
import { createOrtGemmEngine, type OrtGemmEngine } from './ort-gemm-engine.ts'
import { ProcessProgress } from './process-progress.ts'
import type { RunConfig } from './run-config.ts'
import type { RunPlan } from './run-plan.ts'
import type { RunReporter } from './run-reporter.ts'
import type { TrainedPart, UnseenValue } from './trained.ts'

export interface ProcessTask {
  readonly config: RunConfig
  readonly process: ProcessPlan
  readonly plan: RunPlan
  readonly table: FeatureTable
  readonly reporter: RunReporter
  readonly watch: { readonly isStopping: boolean }
}

/**
 * `null` where there is none: it was asked to stop, or there are more rows than a process takes and a network beside it to learn from
 * them. Without one they are ERR_5003, before anything is computed.
 */
export async function trainProcess(task: ProcessTask): Promise<TrainedPart | null> {
  const { config, plan, reporter } = task
  const { rows: all, processRowLimit = MAX_PROCESS_ROWS } = config.spec
  const development = developmentRows(plan.split)
  const rows = development.filter(row => all.bound[row] === 0)
  if (config.parts.network === null) checkProcessRows(rows.length, processRowLimit)
  else if (rows.length > processRowLimit) {
    reporter.log(
      'info',
      `tanimoto-gp is left out: it learns from at most ${processRowLimit} compounds, got ${rows.length}`,
    )
    return null
  }
  const boundsLeftOut = development.length - rows.length
  if (boundsLeftOut > 0) {
    reporter.log('warn', `tanimoto-gp leaves out ${boundsLeftOut} rows that are known as bounds only`)
  }
  return fitRows(task, rows, boundsLeftOut)
}

async function fitRows(task: ProcessTask, rows: readonly number[], boundsLeftOut: number): Promise<TrainedPart | null> {
  const { config, process, table, reporter, watch } = task
  const y = Float64Array.from(rows, row => config.spec.rows.y[row]!)
  const tuning = Math.min(process.tuningRows, rows.length)
  const progress = new ProcessProgress(reporter, { rows: rows.length, tuning })
  const gemm = await createOrtGemmEngine({
    ...(config.threads === undefined ? {} : { threads: config.threads }),
    checkpoint: product => {
      throwIfStopping(watch)
      progress.multiplied(product)
    },
  })
  try {
    const records = rows.map(row => table.record(row)) as KernelRecord[]
    const gp = await fitGp(gemm, {
      inputs: kernelInputs(process.terms, records),
      y,
      tuningRows: drawTuningRows(rows.length, tuning, config.spec.seed),
      watch: {
        beforeSlab: () => throwIfStopping(watch),
        evaluated: (evaluation, value) => {
          progress.evaluated()
          if (Number.isFinite(value)) reporter.metrics(evaluation, { 'gp.negativeLogPosterior': value })
        },
      },
    })
    reporter.log('info', describe(process, gp))
    const unseen = await predictUnseen(task, { gemm, gp, rows, y })
    const file = encodeKernelFile(records, { terms: process.terms, toolkit: table.toolkit, sha256 })
    return {
      recipe: 'tanimoto-gp',
      definition: gpModel(gp),
      theta: gpTheta(gp),
      unseen,
      learned: rows,
      boundsLeftOut,
      kernels: { rows: { terms: process.terms, indices: gp.kernels }, file },
      epochs: 0,
      bestEpoch: 0,
    }
  } catch (error) {
    if (error instanceof StopSignal) return null
    throw error
  } finally {
    await gemm.release()
  }
}

function drawTuningRows(rows: number, count: number, seed: number): number[] {
  return [...randomPermutation({ seed, stream: 'tuning rows', step: 0 }, rows)].slice(0, count).sort((a, b) => a - b)
}

/**
 * The rows of the folds as if they had not been seen. Validation rows that the data set names are not learned from, so they are simply
 * predicted.
 */
async function predictUnseen(
  { config, process, plan, table }: ProcessTask,
  fitted: { gemm: OrtGemmEngine; gp: FittedGp; rows: readonly number[]; y: Float64Array },
): Promise<Map<number, UnseenValue>> {
  const { gemm, gp, rows, y } = fitted
  const isExact = (row: number) => config.spec.rows.bound[row] === 0
  const valueAt = ({ mean, sd }: GpPrediction, i: number) => ({ prediction: mean[i]!, spread: sd[i]! })
  if (plan.split.validationGiven) {
    const asked = plan.split.validation.filter(isExact)
    const records = asked.map(row => table.record(row)) as KernelRecord[]
    const predicted = await predictGp(gemm, gp, kernelInputs(process.terms, records))
    return new Map(asked.map((row, i) => [row, valueAt(predicted, i)]))
  }
  const positions = new Map(rows.map((row, position) => [row, position]))
  const groups = plan.groups.map(group => group.filter(isExact).map(row => positions.get(row)!))
  const heldOut = await heldOutPredictions(gemm, gp, { y, groups })
  return new Map(groups.flat().map(position => [rows[position]!, valueAt(heldOut, position)]))
}

function describe(process: ProcessPlan, { alpha, hyperParameters: { weights, noise } }: FittedGp): string {
  const shares = process.terms.map(({ section }, k) => `${section} ${weights[k]!.toFixed(3)}`)
  return `tanimoto-gp: ${alpha.length} compounds, kernels ${shares.join(', ')}, noise ${noise.toFixed(3)} of the label variance`
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
