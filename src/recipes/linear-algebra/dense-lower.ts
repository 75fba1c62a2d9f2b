/** Small dense triangular algebra on one diagonal block: the part of a blocked factorisation that is not a product. */

/** Where a matrix that should be positive definite is not: the pivot that came out ≤ 0 or not finite. */
export class NotPositiveDefiniteError extends Error {
  readonly pivot: number

  constructor(pivot: number) {
    super(`The matrix is not positive definite: pivot ${pivot} is not above zero`)
    this.name = 'NotPositiveDefiniteError'
    this.pivot = pivot
  }
}

/** Cholesky factor of a symmetric matrix in place: the lower triangle becomes L, the upper is set to zero. [n, n] */
export function choleskyInPlace(matrix: Float64Array, n: number, firstPivot = 0): void {
  for (let j = 0; j < n; j++) {
    let pivot = matrix[j * n + j]!
    for (let k = 0; k < j; k++) pivot -= matrix[j * n + k]! ** 2
    if (!(pivot > 0) || !Number.isFinite(pivot)) throw new NotPositiveDefiniteError(firstPivot + j)
    const diagonal = Math.sqrt(pivot)
    matrix[j * n + j] = diagonal
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!
      matrix[i * n + j] = sum / diagonal
    }
    matrix.fill(0, j * n + j + 1, (j + 1) * n)
  }
}

/** Inverse of a lower triangular matrix, lower triangular itself. [n, n] → [n, n] */
export function invertLower(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const reciprocal = 1 / lower[i * n + i]!
    for (let k = 0; k < i; k++) {
      const factor = lower[i * n + k]! * reciprocal
      if (factor === 0) continue
      for (let j = 0; j <= k; j++) inverse[i * n + j] = inverse[i * n + j]! - factor * inverse[k * n + j]!
    }
    inverse[i * n + i] = reciprocal
  }
  return inverse
}

/** [rows, columns] → [columns, rows] */
export function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j]!
  return out
}
