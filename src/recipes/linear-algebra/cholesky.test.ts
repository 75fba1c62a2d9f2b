import { describe, expect, it } from 'vitest'
import { factorCholesky, inverseFromFactorInverse, invertFactor, solveLowerInPlace, solveVector } from './cholesky.ts'
import { NotPositiveDefiniteError } from './dense-lower.ts'
import { plainGemm } from './gemm-engine.ts'

/** A·Aᵀ/n of a fixed pseudo-random A: symmetric and positive definite once the diagonal is added. */
function positiveMatrix(n: number): Float64Array {
  let state = 12345
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const a = Float64Array.from({ length: n * n }, next)
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[j * n + k]!
      out[i * n + j] = sum / n
    }
  }
  return out
}

const diagonal = 0.05

function withDiagonal(matrix: Float64Array, n: number): Float64Array {
  return matrix.map((value, i) => (i % (n + 1) === 0 ? value + diagonal : value))
}

function times(a: Float64Array, b: Float64Array, n: number, columns: number): Float64Array {
  const out = new Float64Array(n * columns)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = out[i * columns + j]! + a[i * n + k]! * b[k * columns + j]!
  return out
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0)
}

// One block, exactly one block, and several with a ragged last one.
describe.each([1, 5, 128, 300])('Cholesky factor of order %i', n => {
  const matrix = positiveMatrix(n)
  const full = withDiagonal(matrix, n)
  const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))

  it('solves the system, inverts the matrix and gives its determinant', async () => {
    const before = matrix.slice()
    const factor = await factorCholesky(plainGemm, matrix, { n, diagonal })
    expect(matrix).toEqual(before)

    const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i))
    const x = solveVector(factor, b)
    expect(largestDifference(times(full, x, n, 1), b)).toBeLessThan(1e-9)

    const lowerInverse = await invertFactor(plainGemm, factor)
    const inverse = await inverseFromFactorInverse(plainGemm, factor, lowerInverse)
    expect(largestDifference(times(full, inverse, n, n), identity)).toBeLessThan(1e-8)

    // det(A⁻¹) from the triangular inverse is independent of the stored logarithm.
    let logDeterminant = 0
    for (let i = 0; i < n; i++) logDeterminant -= 2 * Math.log(lowerInverse[i * n + i]!)
    expect(factor.logDeterminant).toBeCloseTo(logDeterminant, 8)
  })

  it('solves with several right-hand sides at once', async () => {
    const factor = await factorCholesky(plainGemm, matrix, { n, diagonal })
    const rhs = Float64Array.from({ length: n * 3 }, (_, i) => Math.cos(i))
    const solved = rhs.slice()
    await solveLowerInPlace(plainGemm, factor, { b: solved, columns: 3 })
    const expected = times(await invertFactor(plainGemm, factor), rhs, n, 3)
    expect(largestDifference(solved, expected)).toBeLessThan(1e-8)
  })
})

it('names the pivot of a matrix that is not positive definite', async () => {
  const n = 200
  const matrix = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
  matrix[150 * n + 150] = -1
  await expect(factorCholesky(plainGemm, matrix, { n, diagonal: 0 })).rejects.toThrow(new NotPositiveDefiniteError(150))
})
