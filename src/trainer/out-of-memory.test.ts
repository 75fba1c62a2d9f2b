/** Memory that cannot be had, as the runtime says it, injected between the loop and the runtime. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRecipeSettings, recipeOf } from '../recipes/registry.ts'
import { BatchFeed } from './batches/batch-feed.ts'
import { createRunFolder, type RunFolder } from './fixtures/run-folder.ts'
import type { Halving, MemberOutcome, MemberTask, StepReport } from './member.ts'
import { trainMember } from './train-member.ts'

/** Of ONNX Runtime 1.30's arena, word for word. */
const REFUSAL =
  "Non-zero status code returned while running FusedMatMul node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 1073741824"

let run: RunFolder
const settings = {
  epochs: 3,
  batchSize: 12,
  hidden: 16,
  headHidden: 8,
  fingerprintColumns: 32,
  members: 1,
  dropout: 0.2,
}
beforeAll(() => {
  run = createRunFolder({ rows: 60, settings })
})
afterAll(() => rmSync(run.folder, { recursive: true, force: true }))

interface Told {
  readonly losses: number[]
  readonly norms: number[]
  readonly halvings: (Halving & { cause: string })[]
  readonly outcome: MemberOutcome | null
}

/** @param refuses Whether memory is refused at a step, counted from 1, of a batch in so many parts. */
async function train(refuses: (step: number, parts: number) => boolean, parts = 1): Promise<Told> {
  const { spec } = run
  const all = checkRecipeSettings('dmpnn', 'smoke', spec.settings)
  const [y, bound] = [Float64Array.from(spec.rows.y), Int8Array.from(spec.rows.bound)]
  const feed = new BatchFeed({ featureFile: spec.featureFile, recipe: 'dmpnn', settings: all, y, bound, seed: 42 })
  const told = { losses: [] as number[], norms: [] as number[], halvings: [] as Told['halvings'] }
  const rows = [...spec.rows.y.keys()]
  const task: MemberTask = {
    model: recipeOf('dmpnn').createParts(all).network!,
    member: 0,
    seed: 42,
    fold: { train: rows.slice(0, 48), validation: rows.slice(48) },
    feed,
    y: spec.rows.y,
    bound: spec.rows.bound,
    provider: 'cpu',
    threads: 1,
    parts,
    wrap: (session, inParts) => ({
      ...session,
      run: (batches, scalars) => {
        if (refuses(told.losses.length + 1, inParts)) throw new Error(REFUSAL)
        return session.run(batches, scalars)
      },
    }),
  }
  const watch = {
    isStopping: false,
    afterStep: async ({ loss, gradientNorm }: StepReport) => {
      told.losses.push(loss)
      told.norms.push(gradientNorm)
    },
    afterEpoch: () => undefined,
    halved: (event: Told['halvings'][number]) => void told.halvings.push(event),
    stopped: async () => undefined,
  }
  try {
    return { ...told, outcome: await trainMember(task, watch, null) }
  } finally {
    await feed.close()
  }
}

function expectSameCurve(a: Told, b: Told): void {
  expect(a.losses).toHaveLength(b.losses.length)
  for (const [i, loss] of b.losses.entries()) {
    expect(Math.abs(a.losses[i]! - loss), `loss of step ${i + 1}`).toBeLessThan(1e-4 * (Math.abs(loss) + 1))
    expect(Math.abs(a.norms[i]! - b.norms[i]!)).toBeLessThan(1e-3 * (b.norms[i]! + 1))
  }
  expect(a.outcome!.bestScore).toBeCloseTo(b.outcome!.bestScore, 3)
}

describe('a step for which there is not enough memory', () => {
  let undisturbed: Told
  beforeAll(async () => {
    undisturbed = await train(() => false)
  })

  it('is taken in halves, and so are all after it, with the loss curve of an undisturbed run', async () => {
    const told = await train((step, parts) => step >= 5 && parts === 1)
    expect(told.halvings).toEqual([{ step: 5, parts: 2, items: 6, cause: REFUSAL }])
    expect(undisturbed.losses).toHaveLength(12)
    expectSameCurve(told, undisturbed)
    // Up to there nothing is different at all.
    expect(told.losses.slice(0, 4)).toEqual(undisturbed.losses.slice(0, 4))
  })

  it('is taken in quarters where halves do not fit either', async () => {
    const told = await train((step, parts) => (step >= 2 && parts === 1) || (step >= 7 && parts === 2))
    expect(told.halvings.map(({ step, parts, items }) => ({ step, parts, items }))).toEqual([
      { step: 2, parts: 2, items: 6 },
      { step: 7, parts: 4, items: 3 },
    ])
    expectSameCurve(told, undisturbed)
  })

  it('fails with what to do where quarters do not fit, and not before', async () => {
    const parts: number[] = []
    const refuse = (step: number, inParts: number) => {
      if (step === 3) parts.push(inParts)
      return step === 3
    }
    await expect(train(refuse)).rejects.toMatchObject({
      code: 'ERR_5004',
      message: expect.stringMatching(
        /^A step of 12 compounds ran out of memory, even in 4 parts\. Choose a smaller batch/,
      ),
    })
    expect(parts).toEqual([1, 2, 4])
  })

  it('is not every failure: others pass through as they are', async () => {
    const told = train(step => {
      if (step === 2) throw new Error('Invalid rank for input: atom')
      return false
    })
    await expect(told).rejects.toThrow('Invalid rank for input: atom')
  })

  it('repeats to the bit when it goes on in as many parts', async () => {
    const [once, again] = [await train(() => false, 2), await train(() => false, 2)]
    expect(once.outcome!.theta).toEqual(again.outcome!.theta)
    expectSameCurve(once, undisturbed)
  })
})
