import type { FeatureRecord } from '../../src/chem/features/sections.ts'
import { learnableValue, randomRecords } from '../../src/recipes/dmpnn/fixtures/random-records.ts'
import { checkRecipeSettings, recipeOf } from '../../src/recipes/registry.ts'
import { withKernelSections } from '../../src/recipes/tanimoto-gp/fixtures/kernel-records.ts'
import { fitGp } from '../../src/recipes/tanimoto-gp/gaussian-process.ts'
import { type KernelTerm, kernelInputs } from '../../src/recipes/tanimoto-gp/process-plan.ts'
import { randomNormal } from '../../src/tensor/random.ts'
import { createOrtGemmEngine } from '../../src/trainer/ort-gemm-engine.ts'

/** Tuning and fit, features ready. */
export async function measureProcess({ rows, threads }: { rows: number; threads: number }) {
  const { process: plan } = recipeOf('tanimoto-gp').createParts(checkRecipeSettings('tanimoto-gp', 'production', {}))
  if (!plan) throw new Error('the recipe has no process')
  const records = randomRecords(rows).map(withKernelSections)
  // Half a log unit of noise, as an assay has: without it the best noise is none, and alike molecules make the kernel singular.
  const noise = randomNormal({ seed: 1, stream: 'assay', step: 0 }, rows)
  const y = Float64Array.from(records, (record, i) => learnableValue(record) + 0.5 * noise[i]!)
  const gemm = await createOrtGemmEngine({ threads })
  const start = performance.now()
  await fitGp(gemm, {
    inputs: kernelInputs(plan.terms, records as FeatureRecord<KernelTerm['section']>[]),
    y,
    tuningRows: Array.from({ length: Math.min(plan.tuningRows, rows) }, (_, i) => i),
  })
  const seconds = (performance.now() - start) / 1_000
  await gemm.release()
  return { seconds }
}
