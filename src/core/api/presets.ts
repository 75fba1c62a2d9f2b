/** presets.*: hyper-parameters under a name. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function presetsApi(os: Procedures, { presets }: AppContext) {
  return {
    list: os.presets.list.handler(() => presets.list()),
    save: os.presets.save.handler(({ input }) => presets.save(input)),
    remove: os.presets.remove.handler(({ input }) => presets.remove(input.name)),
  }
}
