/**
 * Gaussian similarity of descriptor vectors, exp(−½·mean squared difference) over columns standardised by the rows of the
 * index. Columns that do not vary among those rows are left out.
 */
export interface RadialIndex {
  readonly rows: number
  /** Per column used: its position, mean and standard deviation. */
  readonly columns: readonly { readonly position: number; readonly mean: number; readonly sd: number }[]
  /** Standardised. [rows, columns] */
  readonly standardised: Float64Array
}

export function createRadialIndex(vectors: readonly Float32Array[]): RadialIndex {
  const columns = Array.from({ length: vectors[0]?.length ?? 0 }, (_, position) =>
    columnScale(vectors, position),
  ).filter(({ sd }) => sd > 1e-6)
  return { rows: vectors.length, columns, standardised: standardise(vectors, columns) }
}

function columnScale(vectors: readonly Float32Array[], position: number) {
  let mean = 0
  for (const vector of vectors) mean += vector[position]! / vectors.length
  let variance = 0
  for (const vector of vectors) variance += (vector[position]! - mean) ** 2 / vectors.length
  return { position, mean, sd: Math.sqrt(variance) }
}

function standardise(vectors: readonly Float32Array[], columns: RadialIndex['columns']): Float64Array {
  const out = new Float64Array(vectors.length * columns.length)
  for (const [row, vector] of vectors.entries()) {
    for (const [c, { position, mean, sd }] of columns.entries()) {
      out[row * columns.length + c] = (vector[position]! - mean) / sd
    }
  }
  return out
}

/** Similarity of every query to the first `rows` rows of the index, in (0, 1]. [queries, rows], row-major */
export function radialSimilarities(
  index: RadialIndex,
  queries: readonly Float32Array[],
  rows = index.rows,
): Float64Array {
  const { columns, standardised } = index
  const width = columns.length
  const own = standardise(queries, columns)
  const out = new Float64Array(queries.length * rows)
  for (let q = 0; q < queries.length; q++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let c = 0; c < width; c++) sum += (own[q * width + c]! - standardised[row * width + c]!) ** 2
      out[q * rows + row] = Math.exp(-sum / (2 * Math.max(1, width)))
    }
  }
  return out
}
