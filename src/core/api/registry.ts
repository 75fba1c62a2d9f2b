/** registry.*: versions, states and logs of models, passports, and the trash. */
import type { AppContext } from '../app-context.ts'
import { streamIntake } from '../models/intake.ts'
import type { Procedures } from './procedures.ts'

export function registryApi(os: Procedures, { models, foreignModels }: AppContext) {
  const { registry, passports } = models
  return {
    log: os.registry.log.handler(({ input }) => registry.log(input.id)),
    makeCurrent: os.registry.makeCurrent.handler(({ input }) => registry.makeCurrent(input.id)),
    rollBack: os.registry.rollBack.handler(({ input }) => registry.rollBack(input.id)),
    activate: os.registry.activate.handler(({ input }) => registry.activate(input.id)),
    archive: os.registry.archive.handler(({ input }) => registry.archive(input.id)),
    describe: os.registry.describe.handler(({ input }) => registry.describe(input.id, input)),
    lineage: os.registry.lineage.handler(({ input }) => registry.lineage(input.id)),
    compare: os.registry.compare.handler(({ input }) => registry.compare(input.ids)),
    evaluation: os.registry.evaluation.handler(({ input, signal }) => models.evaluation(input.id, signal)),
    learningCurve: os.registry.learningCurve.handler(({ input }) => models.learningCurves.find(models.find(input.id))),
    makeLearningCurve: os.registry.makeLearningCurve.handler(({ input, signal }) =>
      models.learningCurves.make(models.find(input.id), signal),
    ),
    verify: os.registry.verify.handler(async ({ input, signal }) => {
      await passports.verify(models.find(input.id), signal)
      return models.find(input.id)
    }),
    importPassport: os.registry.importPassport.handler(async ({ input, signal }) =>
      models.find(await passports.import(input, signal)),
    ),
    takePassport: os.registry.takePassport.handler(({ input, signal }) =>
      streamIntake(signal, async control => models.find(await passports.import(input, control.signal, control.tell))),
    ),
    lookAtForeign: os.registry.lookAtForeign.handler(({ input, signal }) => foreignModels.look(input.uploadId, signal)),
    registerForeign: os.registry.registerForeign.handler(({ input, signal }) =>
      streamIntake(signal, async control => models.find(await foreignModels.register(input, control))),
    ),
    trash: os.registry.trash.handler(() => registry.trash()),
    restore: os.registry.restore.handler(({ input }) => registry.restore(input.id)),
    purge: os.registry.purge.handler(({ input }) => models.purge(input.id)),
  }
}
