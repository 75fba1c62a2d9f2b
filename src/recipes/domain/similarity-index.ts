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
    const best: Neighbour[] = []
    const similarities = this.similarities(query)
    for (let position = 0; position < this.size; position++) {
      const similarity = similarities[position]!
      if (best.length === k && similarity <= best[k - 1]!.similarity) continue
      let at = best.length
      while (at > 0 && best[at - 1]!.similarity < similarity) at--
      best.splice(at, 0, { position, similarity })
      if (best.length > k) best.pop()
    }
    return best
  }
}
