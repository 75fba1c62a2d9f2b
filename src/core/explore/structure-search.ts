/** Searches by structure through a whole data set. */
import type { ExploreStage, StructureSearch } from '../../shared/contract/explore.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import { createOrderedWork } from '../chemistry/ordered-work.ts'
import type { SearchResult } from './kept-searches.ts'
import { isInside } from './polygon.ts'
import type { StructureFiles } from './structure-files.ts'

export interface SearchDeps {
  chemistry: ChemistryService
  files: StructureFiles
}

export interface SearchOptions {
  signal: AbortSignal
  onProgress(stage: ExploreStage, done: number, total: number | null): void
}

type Found = Omit<SearchResult, 'datasetId'>

/** ERR_2003 where the structure or pattern cannot be read, ERR_4004 where the signal aborts. */
export function searchStructures(
  deps: SearchDeps,
  { smiles, search }: { smiles: readonly string[]; search: StructureSearch },
  options: SearchOptions,
): Promise<Found> {
  if (search.kind === 'substructure') return findPattern(deps, { smiles, pattern: search.pattern }, options)
  if (search.kind === 'similarity') return findSimilar(deps, { ...search, all: smiles }, options)
  return findInArea(deps, { smiles, polygon: search.polygon }, options)
}

async function findSimilar(
  { chemistry, files }: SearchDeps,
  { all, smiles, threshold }: { all: readonly string[]; smiles: string; threshold: number },
  { signal, onProgress }: SearchOptions,
): Promise<Found> {
  const featureFile = await files.fingerprints(all, { signal, onProgress })
  const { result } = await chemistry.request(
    'findSimilar',
    { featureFile, smiles, threshold },
    { process: 'pool', signal, onProgress: (done, total) => onProgress('matching', done, total) },
  )
  return { ...result, refused: 0 }
}

async function findInArea(
  { files }: SearchDeps,
  { smiles, polygon }: { smiles: readonly string[]; polygon: readonly (readonly [number, number])[] },
  options: SearchOptions,
): Promise<Found> {
  const places = await files.map(smiles, options)
  const rows: number[] = []
  for (let row = 0; row < smiles.length; row++) {
    if (isInside(polygon, [places[2 * row]!, places[2 * row + 1]!])) rows.push(row)
  }
  return { rows: Int32Array.from(rows), similarity: null, refused: 0 }
}

const BLOCK_ROWS = 500

interface Block {
  rows: Int32Array
  outcome: ('match' | 'none' | 'refused')[]
}

/** The fingerprints leave out most of what cannot match; the rest is looked at, one worker a core. */
async function findPattern(
  { chemistry, files }: SearchDeps,
  { smiles, pattern }: { smiles: readonly string[]; pattern: string },
  { signal, onProgress }: SearchOptions,
): Promise<Found> {
  // A pattern that cannot be read should be refused before a minute of fingerprints.
  await chemistry.request('substructure', { smarts: pattern, smiles: [] }, { signal })
  const file = await files.patterns(smiles, { signal, onProgress })
  const { result } = await chemistry.request('screenPatterns', { file, pattern }, { process: 'pool', signal })
  const { rows: candidates, smarts } = result
  const matched: number[] = []
  let [refused, looked] = [0, 0]
  const work = createOrderedWork<Int32Array, Block>({
    inFlight: 2 * chemistry.poolSize,
    work: async rows => {
      const input = { smarts, smiles: [...rows].map(row => smiles[row]!) }
      const { items } = await chemistry.request('substructure', input, { process: 'pool', signal })
      return { rows, outcome: items.map(item => (item.ok ? (item.matches.length > 0 ? 'match' : 'none') : 'refused')) }
    },
    take: ({ rows, outcome }) => {
      for (const [i, what] of outcome.entries()) {
        if (what === 'match') matched.push(rows[i]!)
        if (what === 'refused') refused++
      }
      looked += rows.length
      onProgress('matching', looked, candidates.length)
    },
  })
  for (let from = 0; from < candidates.length; from += BLOCK_ROWS) {
    await work.push(candidates.subarray(from, from + BLOCK_ROWS))
  }
  await work.end()
  return { rows: Int32Array.from(matched), similarity: null, refused }
}
