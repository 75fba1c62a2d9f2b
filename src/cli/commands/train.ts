/** `train`, `refit` and `resume`: a training run, followed to its end. */
import type { Priority } from '../../shared/contract/job-parts.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { findByNameOrId } from '../find.ts'
import { followJob } from '../follow-job.ts'
import { formatDuration, formatTable } from '../format.ts'
import { type CommandContext, type Session, withSession } from '../session.ts'
import { resumeImport } from './import.ts'
import { type RunCommandOptions, withFittedBatch } from './preflight.ts'

export interface TrainCommandOptions extends RunCommandOptions {
  name?: string
  scramble?: true
  refit?: true
  priority?: Priority
  retries?: number
  /** Minutes. */
  timeLimit?: number
  override?: boolean
}

export async function train(options: TrainCommandOptions, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { dataset: wanted, set: asked, priority, retries, timeLimit, override, fitBatch = false, ...rest } = options
    const queue = {
      ...(priority === undefined ? {} : { priority }),
      ...(retries === undefined ? {} : { retries }),
      ...(timeLimit === undefined ? {} : { wallTimeMs: timeLimit * 60_000 }),
      ...(override === undefined ? {} : { startAnyway: override }),
    }
    const dataset = findByNameOrId(await session.client.datasets.list(), wanted, 'ERR_3001')
    const settings = fitBatch ? await withFittedBatch(session, { ...options, dataset: dataset.id }) : asked
    const job = await session.client.jobs.train({ ...rest, datasetId: dataset.id, settings, queue })
    session.terminal.note(`${job.id} started: ${job.name}`)
    await reportRun(session, job.id)
  })
}

/** Trains a model's recipe again on all rows. */
export async function refit(wanted: string, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const model = findByNameOrId(await session.client.models.list(), wanted, 'ERR_3003')
    const job = await session.client.jobs.refit({ modelId: model.id })
    session.terminal.note(`${job.id} started: ${job.name}`)
    await reportRun(session, job.id)
  })
}

/**
 * A run goes on from its checkpoint, an import that was cut short begins anew; and it is followed: a command that left at once would
 * stop it again.
 */
export async function resume(id: string, options: { checkpoint?: string }, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { checkpoints, jobs } = session.client
    const { job } = await jobs.get({ id })
    if (job.kind === 'import') {
      await resumeImport(id, session)
      return
    }
    await (options.checkpoint === undefined
      ? jobs.resume({ id })
      : checkpoints.resume({ jobId: id, file: options.checkpoint }))
    await reportRun(session, id)
  })
}

async function reportRun(session: Session, id: string): Promise<void> {
  const job = await followJob(session, id)
  if (job.result === null || job.modelId === null) throw new AppError('ERR_6002', `${job.id} completed without a model`)
  const again = job.train?.refit ? await followRefit(session, job.modelId) : null
  session.terminal.result(
    {
      job: { id, state: job.state },
      model: { id: job.modelId },
      ...job.result,
      ...(again ? { refit: { job: { id: again.id, state: again.state }, model: { id: again.modelId } } } : {}),
    },
    [...describe(job, job.result), ...(again ? [`${again.modelId}  trained again on all rows`] : [])],
  )
}

/** The run that was queued when the other one had completed; `null` where it could not be, which the log says. */
async function followRefit(session: Session, modelId: string): Promise<Job | null> {
  const jobs = await session.client.jobs.list({ kind: 'train' })
  const found = jobs.find(({ train }) => train?.refitOf === modelId)
  if (!found) {
    session.terminal.note('it was not trained again on all rows; the log of the run says why')
    return null
  }
  session.terminal.note(`${found.id} started: on all rows`)
  return followJob(session, found.id)
}

function describe(job: Job, result: NonNullable<Job['result']>): string[] {
  const { metrics, baselines, leakage, scrambling, epochs, bestEpoch, seconds } = result
  const figure = (value: number | null) => (value === null ? null : Number(value.toFixed(3)))
  const row = (name: string, m: typeof metrics.test) =>
    [name, m.n, ...[m.rmse, m.mae, m.r2, m.pearson, m.spearman].map(figure)] as const
  const floor = (name: string, { rmse, metrics: m }: typeof baselines.mean) =>
    m ? row(name, m) : ([name, null, figure(rmse), null, null, null, null] as const)
  const chance = scrambling?.repeats.flatMap(({ r2 }) => r2 ?? []) ?? []
  return [
    `${job.id}  ${job.name}: ${epochs === 0 ? 'fitted' : `${epochs} epochs`} in ${formatDuration(seconds)}${epochs === 0 ? '' : `, best ${bestEpoch}`}`,
    `${job.modelId}`,
    ...formatTable(
      ['pX units', 'n', 'RMSE', 'MAE', 'R²', 'Pearson', 'Spearman'],
      [
        row('validation', metrics.validation),
        row('test', metrics.test),
        floor('test, predict the mean', baselines.mean),
        floor('test, nearest neighbour', baselines.nearest),
      ],
    ),
    ...(leakage && leakage.mean !== null
      ? [
          `similarity of test to training compounds: mean ${leakage.mean.toFixed(2)}, ${(100 * leakage.shareAbove90!).toFixed(0)} % at 0.9 or above`,
        ]
      : []),
    ...(scrambling && chance.length > 0
      ? [
          `scrambled values: R² at most ${Math.max(...chance).toFixed(2)} in ${chance.length} repeats, ${scrambling.unscrambled.r2?.toFixed(2)} with the values as they are`,
        ]
      : []),
  ]
}
