import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { createNeighbourIndex } from './neighbour-index.ts'

/**
 * Clusters by similarity (Butina 1999, J. Chem. Inf. Comput. Sci. 39, 747): the compound with the most neighbours within the threshold
 * and those neighbours make the first cluster; the same is done with what is left, by the first count of neighbours, until nothing is.
 * Every member of a cluster is at least as similar to its centre as the threshold. Of compounds with equally many neighbours the one
 * that comes first is taken. Compounds without keys are alone.
 *
 * Neighbours are counted, not kept: memory grows with the number of compounds, however many of them are alike.
 *
 * @returns [rows] the number of each compound's cluster, counted from 0 in the order in which they were found
 */
export async function butinaClusters(
  fingerprints: readonly SparseCounts[],
  threshold: number,
  /** Called from time to time; may throw to end the work. */
  onProgress: (done: number, total: number) => Promise<void> = async () => {},
): Promise<Int32Array> {
  const rows = fingerprints.length
  const index = createNeighbourIndex(fingerprints, threshold)
  const neighbours = new Uint32Array(rows)
  const count = (other: number, row: number): void => {
    neighbours[row]!++
    neighbours[other]!++
  }
  for (let row = 0; row < rows; row++) {
    index.visitLater(row, other => count(other, row))
    if (row % ROWS_BETWEEN === 0) await onProgress(row, 2 * rows)
  }
  const order = Uint32Array.from(neighbours, (_, row) => row).sort((a, b) => neighbours[b]! - neighbours[a]! || a - b)
  const cluster = new Int32Array(rows).fill(-1)
  let found = 0
  for (const [done, row] of order.entries()) {
    if (done % ROWS_BETWEEN === 0) await onProgress(rows + done, 2 * rows)
    if (cluster[row] !== -1) continue
    const number = found++
    cluster[row] = number
    if (neighbours[row] === 0) continue
    index.visit(row, other => {
      if (cluster[other] === -1) cluster[other] = number
    })
  }
  await onProgress(2 * rows, 2 * rows)
  return cluster
}

const ROWS_BETWEEN = 64
