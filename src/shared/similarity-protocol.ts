/**
 * Calls about how alike compounds are, answered by the chemistry worker beside those of `chem-protocol.ts`: they look at whole data
 * sets for seconds, which the host must not. Rows are those of a feature file that holds `morgan-count-r2-chiral`; similarity is the
 * Tanimoto coefficient of counts (MinMax), 0 to 1.
 */
export interface SimilarityCalls {
  /** Clusters by Butina's method; reports progress. */
  clusterStructures: {
    input: { featureFile: string; threshold: number }
    item: never
    /** [rows] the number of each row's cluster, counted from 0. */
    result: { cluster: Int32Array; clusters: number }
  }
  /** How alike each tested row is to the learned row that is most like it; reports progress. */
  nearestLearned: {
    input: { featureFile: string; learned: Int32Array; tested: Int32Array }
    item: never
    /** [tested] NaN for a row without features. */
    result: Float32Array
  }
}
