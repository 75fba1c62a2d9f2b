import { createTensor, disposeAll, OrtSession } from '../node/ort-session.ts'
import {
  addTransposedProductInPlace,
  type GemmEngine,
  type TransposedProduct,
} from '../recipes/linear-algebra/gemm-engine.ts'
import { transposedProductModel } from '../recipes/linear-algebra/gemm-model.ts'

/** Below this many multiplications a plain loop beats the call into the runtime. */
const PLAIN_LIMIT = 20_000

export interface OrtGemmEngine extends GemmEngine {
  release(): Promise<void>
}

export interface OrtGemmOptions {
  readonly threads?: number
  /** Called before every product; throws to stop the algebra, which is how a cancel gets in between. */
  readonly checkpoint?: (product: Pick<TransposedProduct, 'm' | 'n' | 'k'>) => void
}

/** Products on ONNX Runtime's CPU provider in float64: MLAS runs them at half its float32 rate. */
export async function createOrtGemmEngine({ threads, checkpoint }: OrtGemmOptions = {}): Promise<OrtGemmEngine> {
  const open = (alpha: 1 | -1) => OrtSession.create(transposedProductModel(alpha), { provider: 'cpu', threads })
  const [plus, minus] = [await open(1), await open(-1)]
  return {
    async addTransposedProduct(call) {
      checkpoint?.(call)
      if (call.m * call.n * call.k <= PLAIN_LIMIT) addTransposedProductInPlace(call)
      else await runProduct(call.alpha === 1 ? plus : minus, call)
    },
    async release() {
      await plus.release()
      await minus.release()
    },
  }
}

async function runProduct(session: OrtSession, { m, n, k, a, b, c }: TransposedProduct): Promise<void> {
  const tensor = (data: Float64Array, rows: number, columns: number) =>
    createTensor({ dtype: 'float64', data: data.subarray(0, rows * columns), dims: [rows, columns] })
  const feeds = { a: tensor(a, k, m), b: tensor(b, k, n), c: tensor(c, m, n) }
  const results = await session.run(feeds)
  c.set(results.y!.data as Float64Array)
  disposeAll(feeds)
  disposeAll(results)
}
