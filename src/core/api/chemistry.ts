/** chemistry.*: drawings and checks of single structures. */
import type { AppContext } from '../app-context.ts'
import { createDepictor } from '../chemistry/depictor.ts'
import type { Procedures } from './procedures.ts'

export function chemistryApi(os: Procedures, context: AppContext) {
  const depict = createDepictor(context.chemistry)
  return {
    depict: os.chemistry.depict.handler(({ input }) => depict(input)),
    check: os.chemistry.check.handler(async ({ input }) => {
      const [found] = await context.chemistry.parse({ smiles: [input.smiles] })
      if (found === undefined) throw new Error('the chemistry worker answered nothing for one structure')
      return found.ok
        ? { ok: true, canonical: found.smiles, heavyAtoms: found.heavyAtoms }
        : { ok: false, reason: found.message }
    }),
  }
}
