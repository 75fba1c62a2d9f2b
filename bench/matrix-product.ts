import { Tensor } from 'onnxruntime-node'
import { OrtSession } from '../src/node/ort-session.ts'
import { Graph } from '../src/tensor/graph.ts'
import { emitModel } from '../src/tensor/onnx/emit.ts'
import { randomNormal } from '../src/tensor/random.ts'

const size = 1024
export const productFlops = 2 * size ** 3

/** Milliseconds the runtime takes for one float32 product of 1024 × 1024 matrices: the median of 30 after 5 warm-ups. */
export async function measureProductMs(threads: number): Promise<number> {
  const graph = new Graph()
  const type = { dtype: 'float32', shape: [size, size] } as const
  graph.output('c', graph.apply('MatMul', [graph.input('a', type), graph.input('b', type)], {})[0]!)
  const session = await OrtSession.create(emitModel(graph, { name: 'product' }).bytes, { provider: 'cpu', threads })
  const matrix = (step: number) =>
    new Tensor('float32', randomNormal({ seed: 1, stream: 'product', step }, size * size), [size, size])
  const [a, b, c] = [matrix(0), matrix(1), matrix(2)]
  const times: number[] = []
  for (let i = 0; i < 35; i++) {
    const start = performance.now()
    await session.run({ a, b }, { c })
    times.push(performance.now() - start)
  }
  await session.release()
  return times.slice(5).sort((x, y) => x - y)[15]!
}
