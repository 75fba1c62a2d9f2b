import { afterAll, beforeAll, expect, it } from 'vitest'
import { addTransposedProductInPlace } from '../recipes/linear-algebra/gemm-engine.ts'
import { createOrtGemmEngine, type OrtGemmEngine } from './ort-gemm-engine.ts'

let engine: OrtGemmEngine
beforeAll(async () => {
  engine = await createOrtGemmEngine({ threads: 1 })
})
afterAll(() => engine.release())

it.each([
  { m: 1, n: 1, k: 1 },
  { m: 65, n: 33, k: 50 },
  { m: 128, n: 7, k: 300 },
])('agrees with the plain loop for $m × $n × $k, from arrays longer than their shapes', async ({ m, n, k }) => {
  for (const alpha of [1, -1] as const) {
    const a = Float64Array.from({ length: k * m + 5 }, (_, i) => Math.sin(i))
    const b = Float64Array.from({ length: k * n + 3 }, (_, i) => Math.cos(3 * i))
    const c = Float64Array.from({ length: m * n }, (_, i) => i % 7)
    const expected = c.slice()
    addTransposedProductInPlace({ m, n, k, alpha, a, b, c: expected })
    await engine.addTransposedProduct({ m, n, k, alpha, a, b, c })
    for (const [i, value] of c.entries()) expect(value).toBeCloseTo(expected[i]!, 10)
  }
})

it('lets a checkpoint stop the algebra between products', async () => {
  const stopping = await createOrtGemmEngine({
    threads: 1,
    checkpoint: () => {
      throw new Error('stopped')
    },
  })
  const one = new Float64Array(1)
  await expect(stopping.addTransposedProduct({ m: 1, n: 1, k: 1, alpha: 1, a: one, b: one, c: one })).rejects.toThrow(
    'stopped',
  )
  await stopping.release()
})
