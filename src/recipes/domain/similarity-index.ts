import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { createMinMaxIndex, type MinMaxIndex, minMaxSimilarities } from '../similarity/min-max-index.ts'

export interface Neighbour {
  /** Position in the list the index was made of. */
  readonly position: number
  /** Tanimoto coefficient of counts (MinMax), 0 to 1. */
  readonly similarity: number
}

/** Which of many fingerprints are most like one, by the Tanimoto coefficient of counts. */
export class SimilarityIndex {
  readonly size: number
  readonly #index: MinMaxIndex

  constructor(fingerprints: readonly SparseCounts[]) {
    this.size = fingerprints.length
    this.#index = createMinMaxIndex(fingerprints)
  }

  /** [size]; the array is new each time. */
  similarities(query: SparseCounts): Float64Array {
    return minMaxSimilarities(this.#index, [query])
  }

  /** The `k` most similar, best first; equal ones in order of position. */
  nearest(query: SparseCounts, k: number): Neighbour[] {
    return best(this.similarities(query), k)
  }

  /** The same of each query, in less time than one after the other. Holds [queries, size] numbers meanwhile. */
  nearestOfAll(queries: readonly SparseCounts[], k: number): Neighbour[][] {
    const similarities = minMaxSimilarities(this.#index, queries)
    return queries.map((_, q) => best(similarities.subarray(q * this.size, (q + 1) * this.size), k))
  }
}

function best(similarities: Float64Array, k: number): Neighbour[] {
  const kept: Neighbour[] = []
  let least = -1 // of those kept, once there are `k`
  for (let position = 0; position < similarities.length; position++) {
    const similarity = similarities[position]!
    if (similarity <= least) continue
    let at = kept.length
    while (at > 0 && kept[at - 1]!.similarity < similarity) at--
    kept.splice(at, 0, { position, similarity })
    if (kept.length > k) kept.pop()
    if (kept.length === k) least = kept[k - 1]!.similarity
  }
  return kept
}
