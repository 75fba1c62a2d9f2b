/**
 * Blocked Cholesky factorisation and triangular solves, left-looking: everything but the diagonal blocks is one kind of
 * product, c ± aᵀ·b, which the runtime does at its own GEMM rate (Golub & Van Loan, Matrix Computations, §4.2).
 *
 * Block row i of L is stored transposed, [columns up to and with block i, width of block i], so that the columns before
 * any block are a contiguous prefix and no product ever copies an operand.
 */
import { choleskyInPlace, invertLower, transpose } from './dense-lower.ts'
import type { GemmEngine } from './gemm-engine.ts'

export interface CholeskyFactor {
  readonly n: number
  readonly blocks: readonly Block[]
  /** Per block: L's rows of the block, transposed. [block.end, block.width] */
  readonly panels: readonly Float64Array[]
  /** Per block: the transposed inverse of L's diagonal block. [block.width, block.width] */
  readonly diagonalInverses: readonly Float64Array[]
  /** log det of the matrix, = 2 Σ log Lᵢᵢ */
  readonly logDeterminant: number
}

export interface Block {
  readonly start: number
  readonly end: number
  readonly width: number
}

/** Small matrices want small blocks: the diagonal is factored in plain loops. */
function blocksOf(n: number): Block[] {
  const size = n <= 1500 ? 128 : 256
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => {
    const start = i * size
    const end = Math.min(n, start + size)
    return { start, end, width: end - start }
  })
}

/**
 * Factors K + diagonal·I = L·Lᵀ. Only the lower triangle of `kernel` [n, n] is read; it is not changed.
 * Throws `NotPositiveDefiniteError` naming the pivot.
 */
export async function factorCholesky(
  gemm: GemmEngine,
  kernel: Float64Array,
  { n, diagonal }: { n: number; diagonal: number },
): Promise<CholeskyFactor> {
  const blocks = blocksOf(n)
  const panels = blocks.map(block => new Float64Array(block.end * block.width))
  const diagonalInverses: Float64Array[] = []
  let logDeterminant = 0
  for (const [j, column] of blocks.entries()) {
    for (let i = j; i < blocks.length; i++) {
      const row = blocks[i]!
      const tile = panels[i]!.subarray(column.start * row.width, column.end * row.width) // [column.width, row.width]
      copyTransposedTile({ kernel, n, row, column, tile })
      if (i === j) for (let d = 0; d < row.width; d++) tile[d * row.width + d] = tile[d * row.width + d]! + diagonal
      const product = { m: column.width, n: row.width, alpha: -1, a: panels[j]!, b: panels[i]!, c: tile } as const
      if (column.start > 0) await gemm.addTransposedProduct({ ...product, k: column.start })
      if (i === j) {
        const lower = transpose(tile, column.width, column.width)
        choleskyInPlace(lower, column.width, column.start)
        for (let d = 0; d < column.width; d++) logDeterminant += 2 * Math.log(lower[d * column.width + d]!)
        tile.set(transpose(lower, column.width, column.width))
        diagonalInverses.push(transpose(invertLower(lower, column.width), column.width, column.width))
      } else {
        await multiplyByDiagonalInverse(gemm, diagonalInverses[j]!, tile, row.width)
      }
    }
  }
  return { n, blocks, panels, diagonalInverses, logDeterminant }
}

function copyTransposedTile(from: { kernel: Float64Array; n: number; row: Block; column: Block; tile: Float64Array }) {
  const { kernel, n, row, column, tile } = from
  for (let r = 0; r < row.width; r++) {
    const source = (row.start + r) * n + column.start
    for (let c = 0; c < column.width; c++) tile[c * row.width + r] = kernel[source + c]!
  }
}

/** tile ← D⁻¹·tile, with D⁻¹ given transposed. [width, width] · [width, columns] */
async function multiplyByDiagonalInverse(gemm: GemmEngine, inverse: Float64Array, tile: Float64Array, columns: number) {
  const width = tile.length / columns
  const product = new Float64Array(tile.length)
  await gemm.addTransposedProduct({ m: width, n: columns, k: width, alpha: 1, a: inverse, b: tile, c: product })
  tile.set(product)
}

/** Solves L·Z = B in place for many right-hand sides. `b` [n, columns] becomes Z. Rows before `from` must be zero. */
export async function solveLowerInPlace(
  gemm: GemmEngine,
  factor: CholeskyFactor,
  { b, columns, fromBlock = 0 }: { b: Float64Array; columns: number; fromBlock?: number },
): Promise<void> {
  const first = factor.blocks[fromBlock]?.start ?? 0
  for (let j = fromBlock; j < factor.blocks.length; j++) {
    const block = factor.blocks[j]!
    const tile = b.subarray(block.start * columns, block.end * columns)
    if (block.start > first) {
      await gemm.addTransposedProduct({
        m: block.width,
        n: columns,
        k: block.start - first,
        alpha: -1,
        a: factor.panels[j]!.subarray(first * block.width),
        b: b.subarray(first * columns),
        c: tile,
      })
    }
    await multiplyByDiagonalInverse(gemm, factor.diagonalInverses[j]!, tile, columns)
  }
}

/** L·z = b, then Lᵀ·x = z: solves (K + diagonal·I)·x = b for one right-hand side. [n] → [n] */
export function solveVector(factor: CholeskyFactor, b: Float64Array): Float64Array {
  const x = Float64Array.from(b)
  for (const [j, block] of factor.blocks.entries()) {
    const panel = factor.panels[j]!
    for (let k = 0; k < block.start; k++) {
      const value = x[k]!
      for (let r = 0; r < block.width; r++)
        x[block.start + r] = x[block.start + r]! - panel[k * block.width + r]! * value
    }
    multiplySlice(x, block, (r, c) => factor.diagonalInverses[j]![c * block.width + r]!)
  }
  for (let j = factor.blocks.length - 1; j >= 0; j--) {
    const block = factor.blocks[j]!
    const panel = factor.panels[j]!
    multiplySlice(x, block, (r, c) => factor.diagonalInverses[j]![r * block.width + c]!)
    for (let k = 0; k < block.start; k++) {
      let sum = 0
      for (let r = 0; r < block.width; r++) sum += panel[k * block.width + r]! * x[block.start + r]!
      x[k] = x[k]! - sum
    }
  }
  return x
}

function multiplySlice(x: Float64Array, block: Block, at: (row: number, column: number) => number): void {
  const slice = x.slice(block.start, block.end)
  for (let r = 0; r < block.width; r++) {
    let sum = 0
    for (let c = 0; c < block.width; c++) sum += at(r, c) * slice[c]!
    x[block.start + r] = sum
  }
}

/** L⁻¹, dense and row-major with zeros above the diagonal. [n, n] */
export async function invertFactor(gemm: GemmEngine, factor: CholeskyFactor): Promise<Float64Array> {
  const { n } = factor
  const inverse = new Float64Array(n * n)
  for (const [c, column] of factor.blocks.entries()) {
    const rhs = new Float64Array(n * column.width)
    for (let d = 0; d < column.width; d++) rhs[(column.start + d) * column.width + d] = 1
    await solveLowerInPlace(gemm, factor, { b: rhs, columns: column.width, fromBlock: c })
    for (let r = column.start; r < n; r++) {
      inverse.set(rhs.subarray(r * column.width, (r + 1) * column.width), r * n + column.start)
    }
  }
  return inverse
}

/** (K + diagonal·I)⁻¹ = L⁻ᵀ·L⁻¹ from L⁻¹, symmetric and full. [n, n] → [n, n] */
export async function inverseFromFactorInverse(
  gemm: GemmEngine,
  factor: CholeskyFactor,
  factorInverse: Float64Array,
): Promise<Float64Array> {
  const { n, blocks } = factor
  const inverse = new Float64Array(n * n)
  const columnsOf = ({ start, width }: Block, from: number) => {
    const out = new Float64Array((n - from) * width)
    for (let r = from; r < n; r++)
      out.set(factorInverse.subarray(r * n + start, r * n + start + width), (r - from) * width)
    return out
  }
  for (const row of blocks) {
    const a = columnsOf(row, row.start)
    for (const column of blocks) {
      if (column.start > row.start) break
      const b = columnsOf(column, row.start)
      const tile = new Float64Array(row.width * column.width)
      await gemm.addTransposedProduct({ m: row.width, n: column.width, k: n - row.start, alpha: 1, a, b, c: tile })
      for (let r = 0; r < row.width; r++) {
        for (let c = 0; c < column.width; c++) {
          const value = tile[r * column.width + c]!
          inverse[(row.start + r) * n + column.start + c] = value
          inverse[(column.start + c) * n + row.start + r] = value
        }
      }
    }
  }
  return inverse
}
