/** Results of the last searches: their rows are read page by page, and again after a reload of the page. */
import { createHash } from 'node:crypto'
import type { StructureSearch } from '../../shared/contract/explore.ts'
import { AppError } from '../../shared/errors.ts'

export interface SearchResult {
  datasetId: string
  /** Row indices; of a search by similarity the most similar first, else ascending. */
  rows: Int32Array
  /** Parallel to the rows, of a search by similarity. */
  similarity: Float32Array | null
  refused: number
}

export interface KeptSearches {
  /** Equal searches of one data set have one id. */
  idOf(datasetId: string, search: StructureSearch): string
  find(searchId: string): SearchResult | null
  keep(searchId: string, result: SearchResult): void
  /** ERR_3004 where it is no longer kept or belongs to another data set. */
  get(searchId: string, datasetId: string): SearchResult
}

/** 100,000 rows take 800 KB. */
const KEPT = 16

export function createKeptSearches(): KeptSearches {
  const kept = new Map<string, SearchResult>()
  return {
    idOf: (datasetId, search) =>
      createHash('sha256')
        .update(JSON.stringify([datasetId, search]))
        .digest('hex')
        .slice(0, 24),
    find: searchId => kept.get(searchId) ?? null,
    keep: (searchId, result) => {
      kept.delete(searchId)
      kept.set(searchId, result)
      if (kept.size > KEPT) kept.delete(kept.keys().next().value as string)
    },
    get: (searchId, datasetId) => {
      const result = kept.get(searchId)
      if (result?.datasetId === datasetId) return result
      throw new AppError('ERR_3004', 'this search result is no longer kept: search again', { path: 'searchId' })
    },
  }
}
