/** jobs.*: runs, their states, their charts and logs. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function jobsApi(os: Procedures, { jobs, training, monitoring, splits }: AppContext) {
  return {
    list: os.jobs.list.handler(({ input }) => jobs.list(input.kind, input.trashed)),
    get: os.jobs.get.handler(({ input }) => jobs.get(input.id)),
    settings: os.jobs.settings.handler(({ input }) => training.settings(input.recipe, input.preset)),
    splitPreview: os.jobs.splitPreview.handler(({ input, signal }) => splits.preview(input, signal)),
    splitRows: os.jobs.splitRows.handler(async ({ input, signal }) => {
      const { split } = await splits.make(input, signal === undefined ? {} : { signal })
      return { train: [...split.train], validation: [...split.validation], test: [...split.test] }
    }),
    train: os.jobs.train.handler(({ input }) => training.start(input)),
    refit: os.jobs.refit.handler(({ input }) => training.refit(input.modelId)),
    cancel: os.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
    pause: os.jobs.pause.handler(({ input }) => jobs.pause(input.id)),
    resume: os.jobs.resume.handler(({ input }) => jobs.resume(input.id)),
    update: os.jobs.update.handler(({ input: { id, ...change } }) => jobs.update(id, change)),
    usage: os.jobs.usage.handler(({ input }) => jobs.usage(input.id)),
    trash: os.jobs.trash.handler(async ({ input }) => ({ bytes: (await jobs.trash(input.id)).bytes })),
    restore: os.jobs.restore.handler(({ input }) => jobs.restore(input.id)),
    emptyTrash: os.jobs.emptyTrash.handler(() => jobs.emptyTrash()),
    remove: os.jobs.remove.handler(({ input }) => jobs.remove(input.id)),
    metrics: os.jobs.metrics.handler(({ input: { id, ...wanted }, signal }) =>
      monitoring.metrics({ jobId: id, ...wanted }, signal),
    ),
    curves: os.jobs.curves.handler(({ input: { id, ...query } }) => monitoring.curves({ jobId: id, ...query })),
    anomalies: os.jobs.anomalies.handler(({ input }) => monitoring.anomalies(input.id)),
    log: os.jobs.log.handler(({ input, signal }) => monitoring.log(input.id, input.after, signal)),
  }
}
