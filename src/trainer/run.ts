/** One training run in the worker thread: read, split, train every part, finish. */
import path from 'node:path'
import { removeTemporaryFiles, writeFileAtomic } from '../node/atomic-write.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { Autopsy } from '../shared/contract/autopsy.ts'
import { AppError } from '../shared/errors.ts'
import type { RunSplit } from '../shared/trainer-protocol.ts'
import { performAutopsy } from './autopsy.ts'
import { BatchFeed } from './batches/batch-feed.ts'
import type { RunState } from './checkpoint.ts'
import { CheckpointStore } from './checkpoint-store.ts'
import type { Control } from './control.ts'
import { type FeatureTable, openFeatureTable } from './feature-table.ts'
import { finishRun } from './finish-run.ts'
import { BadStepError, type MemberOutcome, type MemberState } from './member.ts'
import { networkPart } from './network-part.ts'
import { trainProcess } from './process-part.ts'
import { type RunConfig, readRunConfig } from './run-config.ts'
import { planRun, type RunPlan } from './run-plan.ts'
import type { RunReporter } from './run-reporter.ts'
import { RunWatch, stepsOf } from './run-watch.ts'
import { trainMember } from './train-member.ts'
import { joinParts, type TrainedPart } from './trained.ts'

/** How much training a crash may cost at most. */
const CHECKPOINT_EVERY_MS = 30_000

/**
 * Runs the run of a folder, or goes on with it from its newest checkpoint. Its last message is `completed`, `stopped` or `halted`; a
 * failure is thrown.
 */
export async function executeRun(runFolder: string, reporter: RunReporter, control: Control): Promise<void> {
  reporter.stage('reading')
  await removeTemporaryFiles(runFolder)
  const config = await readRunConfig(runFolder)
  const { recipe, spec } = config
  const table = openFeatureTable(spec.featureFile, recipe.sections, spec.rows.y.length)
  try {
    await trainAndFinish({ config, table, runFolder, reporter, control })
  } finally {
    table.close()
  }
}

interface RunParts {
  readonly config: RunConfig
  readonly table: FeatureTable
  readonly runFolder: string
  readonly reporter: RunReporter
  readonly control: Control
}

async function trainAndFinish({ config, table, runFolder, reporter, control }: RunParts): Promise<void> {
  const plan = planRun(config, table, reporter)
  await writeSplit(runFolder, plan)
  const store = new CheckpointStore(runFolder)
  const state = await loadState(config, store, reporter)
  const watch = createWatch({ config, plan, store, state, reporter, control })
  const parts = await trainParts({ config, plan, table, watch, state, runFolder, reporter })
  if (parts instanceof AppError) {
    const { step, hasCheckpoint } = watch
    reporter.log('error', `${parts.code} ${parts.message}`)
    reporter.message({ type: 'halted', error: parts.toBody(), step, hasCheckpoint })
    return
  }
  const result =
    watch.stopRequest === null
      ? await finishRun({
          config,
          plan,
          table,
          trained: joinParts(config, parts, reporter),
          runFolder,
          reporter,
          watch,
        })
      : null
  const { stopRequest, step, hasCheckpoint } = watch
  if (result) reporter.message({ type: 'completed', result })
  else if (stopRequest) reporter.message({ type: 'stopped', by: stopRequest, step, hasCheckpoint })
  else throw new Error('A run ended without a result and without being asked to')
}

async function writeSplit(runFolder: string, { split }: RunPlan): Promise<void> {
  const { kind, seed, train, validation, test } = split
  const written: RunSplit = { format: 'bindery-split-1', kind, seed, train, validation, test }
  await writeFileAtomic(path.join(runFolder, 'split.json'), JSON.stringify(written))
}

async function loadState(config: RunConfig, store: CheckpointStore, reporter: RunReporter): Promise<RunState> {
  const saved = await store.load(config.identity, (file, reason) => reporter.log('warn', `${file}: ${reason}`))
  if (!saved) return { identity: config.identity, step: 0, elapsedMs: 0, finished: [], current: null }
  reporter.log('info', `goes on from the checkpoint of step ${saved.step}`)
  return saved
}

function createWatch(
  parts: Pick<PartsTask, 'config' | 'plan' | 'state' | 'reporter'> & { store: CheckpointStore; control: Control },
): RunWatch {
  const { config, plan, state, reporter, store, control } = parts
  const { network } = config.parts
  const { epochs, members } = network?.plan ?? { epochs: 0, members: 0 }
  const steps = network ? plan.folds.map(fold => stepsOf(fold.train.length, network.plan)) : []
  const stepsPerMember = Math.max(0, ...steps)
  const checkpointEveryMs = config.spec.checkpointEveryMs ?? CHECKPOINT_EVERY_MS
  return new RunWatch({
    reporter,
    control,
    store,
    state,
    stepsPerMember,
    members,
    epochsPerMember: epochs,
    checkpointEveryMs,
  })
}

interface PartsTask {
  config: RunConfig
  plan: RunPlan
  table: FeatureTable
  watch: RunWatch
  state: RunState
  runFolder: string
  reporter: RunReporter
}

/** The process first, which takes seconds, then the network; fewer than planned where it was stopped. ERR_6004 where a step was not finite. */
async function trainParts(task: PartsTask): Promise<TrainedPart[] | AppError> {
  const { network } = task.config.parts
  if (!network) return trainProcessAndMembers(task)
  // Started first, so that its thread is there when the first batch is asked for.
  const feed = createFeed(task.config)
  try {
    return await trainProcessAndMembers({ ...task, network, feed })
  } finally {
    await feed.close()
  }
}

async function trainProcessAndMembers(task: PartsTask | MembersTask): Promise<TrainedPart[] | AppError> {
  const { config, plan, watch } = task
  const { process } = config.parts
  const parts: TrainedPart[] = []
  const fitted = process && (await trainProcess({ ...task, process }))
  if (fitted) parts.push(fitted)
  if (!('network' in task) || watch.stopRequest !== null) return parts
  const members = await trainMembers(task)
  if (members instanceof AppError) return members
  if (members.length === plan.folds.length) parts.push(networkPart(task.network, plan, members))
  return parts
}

interface MembersTask extends PartsTask {
  network: GradientModel
  feed: BatchFeed
}

/** Trains the members that are not finished, one after the other; fewer than planned where it was stopped. ERR_6004 as `trainParts`. */
async function trainMembers(task: MembersTask): Promise<readonly MemberOutcome[] | AppError> {
  const { plan, watch, state, reporter } = task
  const members = [...state.finished]
  let resumed = state.current
  while (members.length < plan.folds.length && watch.stopRequest === null) {
    const outcome = await trainOne(task, members.length, resumed)
    resumed = null
    if (outcome instanceof AppError) return outcome
    if (!outcome) break
    members.push(outcome)
    await watch.memberFinished(members)
    const { bestEpoch, epochs, bestScore } = outcome
    const told = `best epoch ${bestEpoch} of ${epochs}, validation RMSE ${bestScore.toFixed(3)}`
    reporter.log('info', `model ${members.length} of ${plan.folds.length}: ${told}`)
  }
  return members
}

function createFeed({ spec, settings }: RunConfig): BatchFeed {
  return new BatchFeed({
    featureFile: spec.featureFile,
    recipe: spec.recipe,
    settings,
    y: Float64Array.from(spec.rows.y),
    bound: Int8Array.from(spec.rows.bound),
    seed: spec.seed,
  })
}

async function trainOne(
  { config, network: model, plan, watch, runFolder, reporter, feed }: MembersTask,
  member: number,
  resumed: MemberState | null,
): Promise<MemberOutcome | AppError | null> {
  const { spec, provider, threads } = config
  const { y, bound } = spec.rows
  const fold = plan.folds[member]!
  const parts = watch.halvings.at(-1)?.parts ?? 1
  const task = { model, member, seed: spec.seed, fold, feed, y, bound, provider, threads, parts }
  try {
    return await trainMember(task, watch, resumed)
  } catch (error) {
    if (!(error instanceof BadStepError)) throw error
    const step = watch.step + 1
    // The curves show where it happened, though the step was not committed.
    reporter.metrics(step, Object.fromEntries(error.notFinite.map(name => [METRIC_OF[name] ?? name, null])))
    const autopsy = await performAutopsy({ bad: error, step, member, model, rows: spec.rows })
    await writeFileAtomic(path.join(runFolder, 'autopsy.json'), `${JSON.stringify(autopsy, null, 2)}\n`)
    return nonFinite(autopsy)
  }
}

const METRIC_OF: Readonly<Record<string, string>> = { loss: 'train.loss', gradientNorm: 'gradientNorm' }

function nonFinite({ step, notFinite, firstBad, items }: Autopsy): AppError {
  const first = firstBad.kind === 'gradient' ? 'the gradient' : `${firstBad.kind} ${firstBad.name}`
  const what = `The ${notFinite.join(' and the ')} became non-finite at step ${step}`
  return new AppError('ERR_6004', `${what}; first in ${first}, batch of ${items.length} compounds`, {
    details: { step, firstBadTensor: first, compounds: items.map(({ smiles }) => smiles) },
  })
}
