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
  /** Which rows are at least as similar to a structure as the threshold; fails with ERR_2003 where it cannot be read. */
  findSimilar: {
    input: { featureFile: string; smiles: string; threshold: number }
    item: never
    /** The most similar first. */
    result: { rows: Int32Array; similarity: Float32Array }
  }
  /** Places in the plane; reports progress. */
  mapStructures: {
    input: { featureFile: string }
    item: never
    /** [rows, 2] NaN for a row without features. */
    result: Float32Array
  }
  /** Pattern fingerprints, by which structures that cannot contain a pattern are left out at once. */
  patterns: {
    input: { smiles: string[] }
    item: never
    /** [structures, PATTERN_BYTES] all bits set for a structure that cannot be read. */
    result: Uint8Array
  }
  /**
   * Rows of a pattern file that may contain a pattern, and the SMARTS that is looked for: a structure drawn with alternating bonds is
   * taken as the aromatic one it is. Fails with ERR_2003 where the pattern cannot be read.
   */
  screenPatterns: {
    input: { file: string; pattern: string }
    item: never
    result: { rows: Int32Array; smarts: string }
  }
}

/** RDKit's pattern fingerprint of 2,048 bits. */
export const PATTERN_BYTES = 256
