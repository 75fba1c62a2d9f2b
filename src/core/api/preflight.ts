/** preflight.*: what a run will take. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function preflightApi(os: Procedures, { preflight }: AppContext) {
  return {
    estimate: os.preflight.estimate.handler(({ input, signal }) => preflight.estimate(input, signal)),
  }
}
