/** models.*: the registry of trained models. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function modelsApi(os: Procedures, { models }: AppContext) {
  return {
    list: os.models.list.handler(() => models.list()),
    get: os.models.get.handler(({ input }) => models.get(input.id)),
    rename: os.models.rename.handler(({ input }) => models.registry.rename(input.id, input.name)),
    remove: os.models.remove.handler(({ input }) => models.remove(input.id)),
  }
}
