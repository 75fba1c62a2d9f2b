/** explore.*: searches by structure, the map, scaffolds. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function exploreApi(os: Procedures, { explore }: AppContext) {
  return {
    search: os.explore.search.handler(({ input, signal }) => explore.search(input.id, input.search, signal)),
    prepare: os.explore.prepare.handler(({ input, signal }) => explore.prepare(input.id, input.clusters, signal)),
    map: os.explore.map.handler(({ input, signal }) => explore.map(input.id, signal)),
    noise: os.explore.noise.handler(({ input }) => explore.noise(input.id)),
    scaffolds: os.explore.scaffolds.handler(({ input }) => explore.scaffolds(input)),
  }
}
