/** `preflight`: what a run will take, told before it starts. */
import type { Recipe, SplitFold, SplitKind, TrainOptions } from '../../shared/contract/jobs.ts'
import type { PreflightReport } from '../../shared/contract/preflight.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import { findByNameOrId } from '../find.ts'
import { formatBytes, formatDuration, formatTable } from '../format.ts'
import { type CommandContext, type Session, withSession } from '../session.ts'

/** What makes a run, as `train` and `preflight` are told it. */
export interface RunCommandOptions {
  dataset: string
  recipe?: Recipe
  preset?: string
  split?: SplitKind
  seed?: number
  fold?: SplitFold
  provider?: NonNullable<TrainOptions['provider']>
  set: Record<string, number | string | boolean>
  fitBatch?: boolean
}

export interface PreflightCommandOptions extends RunCommandOptions {
  again?: boolean
}

export async function preflight(options: PreflightCommandOptions, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const report = await estimate(session, options)
    session.terminal.result(report, describe(report))
  })
}

/** The settings of a run with the batch size that suits this machine among them; what was chosen, and why, is told. */
export async function withFittedBatch(
  session: Session,
  options: PreflightCommandOptions,
): Promise<PreflightCommandOptions['set']> {
  const { fittedBatch } = await estimate(session, { ...options, fitBatch: true })
  if (fittedBatch === null)
    throw new AppError('ERR_2001', 'a Gaussian process has no batches to fit', { path: 'fitBatch' })
  session.terminal.note(describeBatch(fittedBatch))
  return { ...options.set, batchSize: fittedBatch.batchSize }
}

async function estimate(session: Session, options: PreflightCommandOptions): Promise<PreflightReport> {
  const {
    dataset: wanted,
    recipe,
    preset,
    split,
    seed,
    fold,
    provider,
    set: settings,
    fitBatch = false,
    again = false,
  } = options
  const dataset = findByNameOrId(await session.client.datasets.list(), wanted, 'ERR_3001')
  const request = {
    datasetId: dataset.id,
    settings,
    fitBatch,
    again,
    ...(recipe === undefined ? {} : { recipe }),
    ...(preset === undefined ? {} : { preset }),
    ...(split === undefined ? {} : { split }),
    ...(seed === undefined ? {} : { seed }),
    ...(fold === undefined ? {} : { fold }),
    ...(provider === undefined ? {} : { provider }),
  }
  const aborter = new AbortController()
  session.onInterrupt(() => aborter.abort())
  try {
    for await (const event of await session.client.preflight.estimate(request, { signal: aborter.signal })) {
      if (event.type === 'told') return event.report
      if (event.type === 'failed') throw AppError.fromBody(event.error as ErrorBody)
      if (event.type === 'progress') {
        const of = event.total === null ? '' : ` of ${event.total}`
        session.terminal.note(`${event.stage === 'probing' ? 'trial steps' : 'features'}, ${event.done}${of}`)
      }
    }
  } catch (error) {
    if (!aborter.signal.aborted) throw error
  } finally {
    session.onInterrupt(null)
  }
  throw new AppError('ERR_4004', 'The trial steps were stopped')
}

function describe(report: PreflightReport): string[] {
  const { network, process, memory, fittedBatch, provider } = report
  const time = (ms: number) => formatDuration(ms / 1_000)
  const of = memory.freeBytes === null ? '' : `, ${formatBytes(memory.freeBytes)} are free`
  const models = network && network.members > 1 ? `${network.members} × ` : ''
  return [
    ...(process ? [`Gaussian process of ${process.rows} compounds: ${time(process.totalMs)}`] : []),
    ...(network
      ? [
          `network: ${time(network.epochMs)} an epoch on ${provider}, ${models}${network.epochs} epochs: at most ${time(network.totalMs)} (${network.stepsPerEpoch} steps of ${network.batchSize} compounds, ${network.stepMs.toFixed(1)} ms each)`,
        ]
      : []),
    `memory: ${formatBytes(memory.peakBytes)} at its peak${of}${memory.fits ? '' : ': IT DOES NOT FIT'}`,
    ...(fittedBatch
      ? [
          describeBatch(fittedBatch),
          ...formatTable(
            ['batch', 'ms a step', 'compounds/s', 'memory'],
            fittedBatch.measured.map(({ batchSize, stepMs, peakBytes }) => [
              batchSize,
              Number(stepMs.toFixed(1)),
              Math.round((1_000 * batchSize) / stepMs),
              formatBytes(peakBytes),
            ]),
          ),
        ]
      : []),
  ]
}

const REASONS: Record<NonNullable<PreflightReport['fittedBatch']>['reason'], string> = {
  fastest: 'larger ones are hardly faster',
  step: 'larger ones take more than 250 ms a step, and a cancel would wait for them',
  memory: 'larger ones take more memory than there is',
  data: 'larger ones would leave fewer than eight steps an epoch',
  slow: 'even this one takes more than 250 ms a step or more memory than there is',
}

function describeBatch({ batchSize, reason, preset }: NonNullable<PreflightReport['fittedBatch']>): string {
  return `batch ${batchSize}${batchSize === preset ? '' : ` instead of ${preset}`}: ${REASONS[reason]}`
}
