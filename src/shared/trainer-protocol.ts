/**
 * What the host and a trainer say to each other. Data goes through files in the run folder, never through messages:
 *
 *   run.json        the request (`RunSpec`), written by the host before the trainer is forked
 *   metrics.jsonl   one `MetricLine` a line, appended by the trainer; the truth of the run
 *   log.jsonl       one `{at, level, message}` a line
 *   split.json      which rows are trained, validated and tested on (`RunSplit`), written before the first step
 *   checkpoint-*.bin, model.onnx, card.json, domain.bin, kernels.bin, holdout.bin   written to a temporary name and renamed
 *   autopsy.json    where a step was not finite (`contract/autopsy.ts`)
 *
 * The trainer's main thread answers messages and beats its heart; a worker thread runs ONNX Runtime.
 */

import type { JobProgress, Recipe, SplitFold, SplitKind, TrainResult } from './contract/jobs.ts'
import type { ModelCard } from './contract/models.ts'
import type { ErrorBody } from './errors.ts'
import type { ProbeProfile, ProbeRequest } from './probe-profile.ts'

export interface RunSpec {
  format: 'bindery-run-1'
  jobId: string
  recipe: Recipe
  /** Its name; `settings` are all of them where it is the user's. */
  preset: string
  /** Hyper-parameters that differ from the preset, already validated. */
  settings: Record<string, number | string | boolean>
  seed: number
  provider: string
  /** 0 = all cores. */
  threads: number
  split: SplitKind
  fold?: SplitFold
  /** Parallel arrays over the rows of the data set, in row order; row i is record i of the feature file. */
  rows: {
    /** pX units. */
    y: number[]
    /** −1: the true pX is below y (weaker), 0: exact, +1: above (tighter). */
    bound: number[]
    /** Values of the split column or `null`. */
    splitValue: (string | null)[]
    /** Murcko scaffold key or `null`; rows of one key never part in a scaffold split. */
    scaffold: (string | null)[]
    smiles: string[]
    /** Clusters of similar compounds, where the split asks for them. */
    cluster?: number[]
    /** Dates, where the split asks for them. */
    date?: (string | null)[]
  }
  /** How much training a crash may cost at most; 30,000 where it is absent. */
  checkpointEveryMs?: number
  /** Compounds a Gaussian process learns from at most; what the recipe says where it is absent. */
  processRowLimit?: number
  /** Learn from labels in random order too, once the model is evaluated. */
  scramble?: boolean
  /** All rows are learned from: the recipe has been judged already, and these are its figures. */
  refit?: { modelId: string; evaluated: EvaluatedCard }
  featureFile: string
  featurePreset: string
  dataset: { id: string; name: string; sha256: string; simulated: boolean; endpoint: string; target: string | null }
  application: { version: string }
}

/** What a refit repeats of the card of the model that was evaluated. */
export type EvaluatedCard = Pick<
  ModelCard,
  'metrics' | 'baselines' | 'leakage' | 'neighbours' | 'scrambling' | 'parity' | 'split' | 'learnedFrom'
>

/** Row indices of the data set, ascending. */
export interface RunSplit {
  format: 'bindery-split-1'
  kind: SplitKind
  seed: number
  train: readonly number[]
  validation: readonly number[]
  test: readonly number[]
}

export type TrainerCommand =
  | { type: 'start'; runFolder: string }
  /** Instead of `start`: measures what a run would cost, answers `probed` and ends. Nothing is kept in the folder. */
  | { type: 'probe'; runFolder: string; request: ProbeRequest }
  | { type: 'cancel' }
  | { type: 'pause' }
  | { type: 'saveNow' }

export type TrainerMessage =
  | { type: 'ready'; pid: number }
  | { type: 'acknowledged'; command: TrainerCommand['type'] }
  /** Every 5 s from the main thread, with the step counter of the worker thread. */
  | { type: 'heartbeat'; step: number }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'checkpointed'; file: string; step: number }
  /** Best weights so far are kept in `checkpoint-best.bin` when it says so. */
  | { type: 'stopped'; by: 'cancel' | 'pause'; step: number; hasCheckpoint: boolean }
  /** A step was not finite and not committed: the run stands as before it, saved, with its autopsy beside it, and waits for its user. */
  | { type: 'halted'; error: ErrorBody; step: number; hasCheckpoint: boolean }
  | { type: 'completed'; result: TrainResult }
  | { type: 'probing'; done: number; total: number }
  | { type: 'probed'; profile: ProbeProfile }
  | { type: 'failed'; error: ErrorBody }

/**
 * One line of `metrics.jsonl`; (step, name) is unique within a process's part of a run. A run that goes on from a checkpoint tells the
 * steps after it again, with the same values but for `itemsPerSecond` and `dataWaitShare`.
 */
export interface MetricLine {
  /** Counted over all models of an ensemble. */
  step: number
  /**
   * Of steps: `train.loss`, `learningRate`, `gradientNorm`, `itemsPerSecond`. Of epochs: `epoch` (counted from 1 for each model of an
   * ensemble), `member` (which model), `train.epochLoss`, `dataWaitShare` (of the
   * training time of the process so far, what was spent waiting for batches), `validation.rmse` (pX units).
   */
  name: string
  /** `null`: what was measured is not finite, which JSON has no number for. */
  value: number | null
  /** Milliseconds since 1970. */
  at: number
}
