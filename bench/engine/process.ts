import type { FeatureRecord } from '../../src/chem/features/sections.ts'
import { learnableValue, randomRecords } from '../../src/recipes/dmpnn/fixtures/random-records.ts'
import { checkRecipeSettings, recipeOf } from '../../src/recipes/registry.ts'
import { withKernelSections } from '../../src/recipes/tanimoto-gp/fixtures/kernel-records.ts'
import { fitGp } from '../../src/recipes/tanimoto-gp/gaussian-process.ts'
import { type KernelTerm, kernelInputs } from '../../src/recipes/tanimoto-gp/process-plan.ts'
import { createOrtGemmEngine } from '../../src/trainer/ort-gemm-engine.ts'

/** Tuning and fit, features ready. */
export async function measureProcess({ rows, threads }: { rows: number; threads: number }) {
  const { process: plan } = recipeOf('tanimoto-gp').createParts(checkRecipeSettings('tanimoto-gp', 'production', {}))
  if (!plan) throw new Error('the recipe has no process')
  const records = randomRecords(rows).map(withKernelSections)
  const gemm = await createOrtGemmEngine({ threads })
  const start = performance.now()
  await fitGp(gemm, {
    inputs: kernelInputs(plan.terms, records as FeatureRecord<KernelTerm['section']>[]),
    y: Float64Array.from(records, learnableValue),
    tuningRows: Array.from({ length: Math.min(plan.tuningRows, rows) }, (_, i) => i),
  })
  const seconds = (performance.now() - start) / 1_000
  await gemm.release()
  return { seconds }
}
