import { TrainingSession } from '../../src/node/training-session.ts'
import { randomRecords } from '../../src/recipes/dmpnn/fixtures/random-records.ts'
import { createDmpnn } from '../../src/recipes/dmpnn/recipe.ts'
import type { DmpnnSettings } from '../../src/recipes/dmpnn/settings.ts'
import { checkRecipeSettings } from '../../src/recipes/registry.ts'
import { optimiserScalars } from '../../src/tensor/optim/optimiser.ts'
import { initialiseTheta } from '../../src/tensor/parameters.ts'
import { buildTrainingStep } from '../../src/tensor/training-step.ts'

const WARM_UPS = 5
const STEPS = 20

/** The network of the production preset at another batch and width, on molecules of 1 to 24 atoms. */
export async function measureStep({ hidden, batch, threads }: { hidden: number; batch: number; threads: number }) {
  const settings = checkRecipeSettings('dmpnn', 'production', { hidden, batchSize: batch }) as DmpnnSettings
  const model = createDmpnn(settings)
  const theta = initialiseTheta(model.training.parameters, 1)
  const step = buildTrainingStep(model.training)
  const session = await TrainingSession.create({ step, provider: 'cpu', threads, state: { theta, ema: theta } })
  const labels = { values: new Float32Array(batch), bounds: new Int8Array(batch) }
  const draw = { seed: 1, member: 0, step: 1 }
  const tensors = model.assembleTraining(randomRecords(batch), labels, draw)
  const times: number[] = []
  for (let k = 1; k <= WARM_UPS + STEPS; k++) {
    const moments = optimiserScalars(model.training.optimiser, { step: k, learningRate: 1e-4 })
    const start = performance.now()
    await session.run({ batch: tensors, scalars: { ...moments, lossScale: 1 / batch, emaDecay: 0.9 } })
    times.push(performance.now() - start)
  }
  await session.dispose()
  const stepMs = times.slice(WARM_UPS).sort((a, b) => a - b)[STEPS >> 1]!
  return { stepMs, moleculesPerSecond: (1_000 * batch) / stepMs, parameters: theta.length }
}
