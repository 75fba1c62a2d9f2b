/** y-scrambling of a run: a cheap process on rows drawn from those that may be learned from, judged on the test rows. */
import type { FeatureRecord } from '../chem/features/sections.ts'
import { comparableRows } from '../recipes/domain/leakage.ts'
import { MOST_ROWS, SCRAMBLING_REPEATS, SCRAMBLING_TERMS, scramble } from '../recipes/scrambling/scramble.ts'
import { developmentRows } from '../recipes/splits/split.ts'
import { kernelInputs } from '../recipes/tanimoto-gp/process-plan.ts'
import type { Scrambling } from '../shared/contract/evaluation.ts'
import { randomPermutation } from '../tensor/random.ts'
import type { FinishTask } from './finish-run.ts'
import { throwIfStopping } from './member.ts'
import { createOrtGemmEngine } from './ort-gemm-engine.ts'

type Section = (typeof SCRAMBLING_TERMS)[number]['section']

/** Throws a StopSignal where it was asked to stop. */
export async function scrambleRun({ config, plan, table, reporter, watch }: FinishTask): Promise<Scrambling> {
  const { rows, seed } = config.spec
  const isExact = (row: number) => rows.bound[row] === 0
  const development = developmentRows(plan.split).filter(isExact)
  const drawn = randomPermutation({ seed, stream: 'scrambled rows', step: 0 }, development.length)
  const learned = [...drawn.subarray(0, MOST_ROWS)].sort((a, b) => a - b).map(position => development[position]!)
  const test = comparableRows(plan.split.test.filter(isExact), 1e6) // at most 1,000
  const inputs = (of: readonly number[]) =>
    kernelInputs(
      SCRAMBLING_TERMS,
      of.map(row => table.record(row) as FeatureRecord<Section> as never),
    )
  const gemm = await createOrtGemmEngine({
    ...(config.threads === undefined ? {} : { threads: config.threads }),
    checkpoint: () => throwIfStopping(watch),
  })
  try {
    return await scramble(gemm, {
      inputs: inputs(learned),
      y: Float64Array.from(learned, row => rows.y[row]!),
      queries: inputs(test),
      measured: Float64Array.from(test, row => rows.y[row]!),
      seed,
      repeats: SCRAMBLING_REPEATS,
      beforeFit: done => {
        throwIfStopping(watch)
        reporter.stage('scrambling', done, SCRAMBLING_REPEATS + 1)
      },
    })
  } finally {
    await gemm.release()
  }
}
