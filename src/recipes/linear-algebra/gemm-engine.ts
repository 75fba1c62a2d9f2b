/**
 * The one heavy operation of the Gaussian process. Recipes are pure, so whoever runs one brings the engine: ONNX Runtime
 * in the trainer and the predictor, plain loops in tests.
 */
export interface GemmEngine {
  /**
   * c += alpha · aᵀ·b, all float64 and row-major. The arrays may be longer than their shapes: only the first k·m, k·n and
   * m·n elements count. One call is short (well under 250 ms), so that a cancel between calls is prompt.
   */
  addTransposedProduct(call: TransposedProduct): Promise<void>
}

export interface TransposedProduct {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly alpha: 1 | -1
  readonly a: Float64Array // [k, m]
  readonly b: Float64Array // [k, n]
  readonly c: Float64Array // [m, n], changed in place
}

/** The reference: a plain loop, for tests and for products too small to be worth a call of the runtime. */
export function addTransposedProductInPlace({ m, n, k, alpha, a, b, c }: TransposedProduct): void {
  for (let p = 0; p < k; p++) {
    for (let i = 0; i < m; i++) {
      const factor = alpha * a[p * m + i]!
      if (factor === 0) continue
      const row = i * n
      const source = p * n
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + factor * b[source + j]!
    }
  }
}

export const plainGemm: GemmEngine = {
  async addTransposedProduct(call) {
    addTransposedProductInPlace(call)
  },
}
