/**
 * Activity cliffs: small changes of a structure with large changes of its value, where models of similarity fail (Stumpfe, Bajorath 2012,
 * J. Med. Chem. 55, 2932).
 */
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import type { ActivityCliff, EvaluatedPoint } from '../../shared/evaluation.ts'
import type { Domain } from '../domain/domain-file.ts'
import { SimilarityIndex } from '../domain/similarity-index.ts'

/** Tanimoto coefficient of counts above which two compounds are alike. */
export const CLIFF_SIMILARITY = 0.9
/** Log units above which their values differ much. */
export const CLIFF_DIFFERENCE = 1
/** The largest ones; a set with more has another problem. */
const MAX_CLIFFS = 500

type Point = Pick<EvaluatedPoint, 'row' | 'measured' | 'predicted' | 'smiles'>

interface Task {
  test: readonly Point[]
  /** By row. */
  fingerprints: ReadonlyMap<number, SparseCounts>
  domain: Domain
}

/** Pairs of a test compound with another one or with one that was learned from; the largest differences first. */
export function findCliffs({ test, fingerprints, domain }: Task): { cliffs: ActivityCliff[]; similarPairs: number } {
  const known = test.filter(({ row }) => fingerprints.has(row))
  const amongTest = new SimilarityIndex(known.map(({ row }) => fingerprints.get(row)!))
  const learned = new SimilarityIndex(domain.fingerprints)
  const cliffs: ActivityCliff[] = []
  let similarPairs = 0
  const look = (point: Point, other: Omit<Point, 'row'> & { row: number | null }, similarity: number): void => {
    similarPairs++
    const measuredDifference = point.measured - other.measured
    if (Math.abs(measuredDifference) <= CLIFF_DIFFERENCE) return
    const predictedDifference = point.predicted - other.predicted
    cliffs.push({
      row: point.row,
      otherRow: other.row,
      smiles: point.smiles,
      otherSmiles: other.smiles,
      similarity,
      measuredDifference,
      predictedDifference,
      isPredicted: predictedDifference / measuredDifference >= 0.5,
    })
  }
  for (const [i, point] of known.entries()) {
    const query = fingerprints.get(point.row)!
    for (const [k, similarity] of learned.similarities(query).entries()) {
      if (similarity <= CLIFF_SIMILARITY) continue
      const pX = domain.pX[k]!
      look(point, { row: null, measured: pX, predicted: pX, smiles: domain.smiles[k]! }, similarity)
    }
    const others = amongTest.similarities(query)
    for (let k = i + 1; k < known.length; k++) {
      if (others[k]! > CLIFF_SIMILARITY) look(point, known[k]!, others[k]!)
    }
  }
  cliffs.sort((a, b) => Math.abs(b.measuredDifference) - Math.abs(a.measuredDifference))
  return { cliffs: cliffs.slice(0, MAX_CLIFFS), similarPairs }
}
