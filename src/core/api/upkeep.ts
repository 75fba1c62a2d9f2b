/** upkeep.*: what may go by rule. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function upkeepApi(os: Procedures, { upkeep }: AppContext) {
  return {
    preview: os.upkeep.preview.handler(() => upkeep.preview()),
    apply: os.upkeep.apply.handler(({ input }) => upkeep.apply(input.what)),
  }
}
