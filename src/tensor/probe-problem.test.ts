import { describe, expect, it } from 'vitest'
import { TrainingSession } from '../node/training-session.ts'
import { createProbeProblem } from './probe-problem.ts'

describe('the probe problem', () => {
  const problem = createProbeProblem({ molecules: 6, hidden: 16, steps: 60 })

  it('has lists that are inverse to each other', () => {
    const { source, target, outgoing, incoming } = problem.batch
    const bondsAt = (ends: ArrayLike<number>, atom: number) =>
      Array.from(ends, (end, bond) => (end === atom && bond > 0 ? bond : 0)).filter(Boolean)
    for (let atom = 1; atom < outgoing!.dims[0]!; atom++) {
      const listed = (lists: ArrayLike<number>) => [lists[2 * atom]!, lists[2 * atom + 1]!].sort((a, b) => a - b)
      expect(listed(outgoing!.data)).toEqual(bondsAt(source!.data, atom))
      expect(listed(incoming!.data)).toEqual(bondsAt(target!.data, atom))
    }
  })

  it('can be learned, so a provider that computes wrongly shows', async () => {
    const { step, state, batch, scalars } = problem
    const session = await TrainingSession.create({ step, provider: 'cpu', threads: 1, state })
    const losses: number[] = []
    for (const values of scalars) losses.push((await session.run({ batch, scalars: values })).loss)
    await session.dispose()
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
  })
})
