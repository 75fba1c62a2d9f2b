/** What a user may ask of a data set's compounds: searches, the map, scaffolds. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DatasetRow, RowFilter, RowSort } from '../../shared/contract/datasets.ts'
import {
  MAP_POINTS,
  type MapEvent,
  type Noise,
  type PrepareEvent,
  type ScaffoldCount,
  type SearchEvent,
  type StructureSearch,
} from '../../shared/contract/explore.ts'
import { toErrorBody } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { loadTrainingRows } from '../jobs/training-rows.ts'
import type { ScaffoldQuery } from './explore-queries.ts'
import { createKeptSearches } from './kept-searches.ts'
import { streamWork } from './stream-work.ts'
import type { StructureFiles } from './structure-files.ts'
import { searchStructures } from './structure-search.ts'

export interface RowsRequest extends RowFilter {
  id: string
  offset: number
  limit: number
  sort: RowSort
  descending: boolean
}

export interface ExploreService {
  /** ERR_3001 where the data set is not there, ERR_3004 for a search that is no longer kept. */
  rows(request: RowsRequest): Promise<{ total: number; rows: DatasetRow[] }>
  /** ERR_3001 and ERR_4001 at once; any other failure is the last event. Ends early, and stops the work, where the signal aborts. */
  search(id: string, search: StructureSearch, signal?: AbortSignal): AsyncGenerator<SearchEvent, void, void>
  /** As `search`. */
  prepare(id: string, clusters: boolean, signal?: AbortSignal): AsyncGenerator<PrepareEvent, void, void>
  /** As `search`. */
  map(id: string, signal?: AbortSignal): AsyncGenerator<MapEvent, void, void>
  noise(id: string): Promise<Noise>
  scaffolds(query: ScaffoldQuery): Promise<{ total: number; scaffolds: ScaffoldCount[] }>
}

export function createExplore(
  { store, scans, datasets, chemistry, log }: Pick<CoreContext, 'store' | 'scans' | 'datasets' | 'chemistry' | 'log'>,
  files: StructureFiles,
): ExploreService {
  const searches = createKeptSearches()

  function failed(error: unknown): { type: 'failed'; error: ReturnType<typeof toErrorBody> } {
    const body = toErrorBody(error)
    if (body.code === 'ERR_1001') log.error({ err: error }, 'exploring a data set failed unexpectedly')
    return { type: 'failed', error: body }
  }

  async function smilesOf(id: string): Promise<string[]> {
    return (await loadTrainingRows(store, id)).smiles
  }

  return {
    rows: async ({ searchId, ...query }) => {
      datasets.get(query.id)
      if (searchId === null) return scans.query('rows', query)
      const { rows: found, similarity } = searches.get(searchId, query.id)
      const page = await scans.query('rows', { ...query, found })
      if (similarity === null) return page
      const similarityOf = new Map(page.rows.map(row => [row.index, 0]))
      for (const [i, row] of found.entries()) if (similarityOf.has(row)) similarityOf.set(row, similarity[i]!)
      return { ...page, rows: page.rows.map(row => ({ ...row, similarity: similarityOf.get(row.index)! })) }
    },
    search: (id, search, signal) => {
      datasets.getReady(id)
      const searchId = searches.idOf(id, search)
      return streamWork<SearchEvent>({
        ...(signal === undefined ? {} : { signal }),
        failed,
        work: async ({ signal: stopped, tell }) => {
          const kept = searches.find(searchId)
          const result = kept ?? {
            datasetId: id,
            ...(await searchStructures(
              { chemistry, files },
              { smiles: await smilesOf(id), search },
              {
                signal: stopped,
                onProgress: (stage, done, total) => tell({ type: 'progress', stage, done, total }),
              },
            )),
          }
          searches.keep(searchId, result)
          return { type: 'found', searchId, total: result.rows.length, refused: result.refused }
        },
      })
    },
    prepare: (id, clusters, signal) => {
      datasets.getReady(id)
      return streamWork<PrepareEvent>({
        ...(signal === undefined ? {} : { signal }),
        failed,
        work: async ({ signal: stopped, tell }) => {
          const make = clusters ? files.clusters : files.fingerprints
          await make(await smilesOf(id), {
            signal: stopped,
            onProgress: (stage, done, total) => tell({ type: 'progress', stage, done, total }),
          })
          return { type: 'ready' }
        },
      })
    },
    map: (id, signal) => {
      datasets.getReady(id)
      return streamWork<MapEvent>({
        ...(signal === undefined ? {} : { signal }),
        failed,
        work: async ({ signal: stopped, tell }) => {
          const places = await files.map(await smilesOf(id), {
            signal: stopped,
            onProgress: (stage, done, total) => tell({ type: 'progress', stage, done, total }),
          })
          const placed = await placedRows(places)
          const rows = evenly(placed, MAP_POINTS)
          return {
            type: 'placed',
            total: placed.length,
            rows,
            x: rows.map(row => rounded(places[2 * row]!)),
            y: rows.map(row => rounded(places[2 * row + 1]!)),
            pX: await scans.query('points', { id, rows }),
          }
        },
      })
    },
    noise: async id => {
      datasets.get(id)
      return scans.query('noise', { id })
    },
    scaffolds: async query => {
      datasets.get(query.id)
      return scans.query('scaffolds', query)
    },
  }
}

const SLICE_ROWS = 50_000

async function placedRows(places: Float32Array): Promise<number[]> {
  const rows: number[] = []
  for (let row = 0; 2 * row < places.length; row++) {
    if (!Number.isNaN(places[2 * row]!)) rows.push(row)
    if (row % SLICE_ROWS === 0) await nextTurn()
  }
  return rows
}

function evenly(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows]
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!)
}

/** More digits than a screen can show. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
