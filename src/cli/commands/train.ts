/** `train` and `resume`: a training run, followed to its end. */
import type { Job, Preset, Recipe, SplitFold, SplitKind, TrainOptions } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { findByNameOrId } from '../find.ts'
import { followJob } from '../follow-job.ts'
import { formatDuration, formatTable } from '../format.ts'
import { type CommandContext, type Session, withSession } from '../session.ts'
import { resumeImport } from './import.ts'

export interface TrainCommandOptions {
  dataset: string
  recipe?: Recipe
  preset?: Preset
  split?: SplitKind
  seed?: number
  fold?: SplitFold
  provider?: NonNullable<TrainOptions['provider']>
  set: Record<string, number | string | boolean>
  name?: string
}

export async function train(options: TrainCommandOptions, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { dataset: wanted, set: settings, ...rest } = options
    const dataset = findByNameOrId(await session.client.datasets.list(), wanted, 'ERR_3001')
    const job = await session.client.jobs.train({ ...rest, datasetId: dataset.id, settings })
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
  const { metrics, baselines, epochs, bestEpoch, seconds } = job.result
  session.terminal.result(
    { job: { id, state: job.state }, model: { id: job.modelId }, metrics, baselines, epochs, bestEpoch, seconds },
    describe(job, job.result),
  )
}

function describe(job: Job, { metrics, baselines, epochs, bestEpoch, seconds }: NonNullable<Job['result']>): string[] {
  const figure = (value: number | null) => (value === null ? null : Number(value.toFixed(3)))
  const row = (name: string, m: typeof metrics.test) =>
    [name, m.n, ...[m.rmse, m.mae, m.r2, m.pearson, m.spearman].map(figure)] as const
  return [
    `${job.id}  ${job.name}: ${epochs === 0 ? 'fitted' : `${epochs} epochs`} in ${formatDuration(seconds)}${epochs === 0 ? '' : `, best ${bestEpoch}`}`,
    `${job.modelId}`,
    ...formatTable(
      ['pX units', 'n', 'RMSE', 'MAE', 'R²', 'Pearson', 'Spearman'],
      [
        row('validation', metrics.validation),
        row('test', metrics.test),
        ['test, predict the mean', null, figure(baselines.mean.rmse), null, null, null, null],
        ['test, nearest neighbour', null, figure(baselines.nearest.rmse), null, null, null, null],
      ],
    ),
  ]
}
