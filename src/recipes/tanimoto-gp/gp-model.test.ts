import { expect, it } from 'vitest'
import { countKeys, type SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { OrtSession } from '../../node/ort-session.ts'
import { exportModel } from '../../tensor/model-definition.ts'
import { plainGemm } from '../linear-algebra/gemm-engine.ts'
import { fitGp, predictGp } from './gaussian-process.ts'
import { gpModel, gpTheta, similarityInput } from './gp-model.ts'
import { type KernelInput, similarities } from './kernel.ts'

function randomInputs(rows: number, seed: number): KernelInput[] {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const fingerprint = (): SparseCounts => countKeys(Uint32Array.from({ length: 30 }, () => Math.floor(next() * 50) + 1))
  return [
    { kind: 'min-max', rows: Array.from({ length: rows }, fingerprint) },
    { kind: 'radial', rows: Array.from({ length: rows }, () => Float32Array.from([next(), 10 * next()])) },
  ]
}

it('the exported model predicts what the process predicts', async () => {
  const n = 60
  const y = Float64Array.from({ length: n }, (_, i) => 6 + Math.sin(i))
  const gp = await fitGp(plainGemm, { inputs: randomInputs(n, 1), y, tuningRows: [...y.keys()] })
  const queries = randomInputs(7, 2)
  const expected = await predictGp(plainGemm, gp, queries)

  const bytes = exportModel(gpModel(gp), { theta: gpTheta(gp), metadata: {} })
  const session = await OrtSession.create(bytes, { provider: 'cpu', threads: 1 })
  const feeds = gp.kernels.map((kernel, k) => {
    const data = Float32Array.from(similarities(kernel, queries[k]!))
    return [similarityInput(k), { dtype: 'float32', data, dims: [7, n] }] as const
  })
  const { prediction, spread } = await session.runArrays(Object.fromEntries(feeds))
  await session.release()
  for (let q = 0; q < 7; q++) {
    expect(prediction!.data[q]).toBeCloseTo(expected.mean[q]!, 4)
    expect(spread!.data[q]).toBeCloseTo(expected.sd[q]!, 4)
  }
})
