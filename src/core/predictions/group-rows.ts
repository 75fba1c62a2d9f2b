/** The best rows of a table by what they have in common: one scaffold, or likeness to the best of them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodeRecord } from '../../chem/features/feature-record.ts'
import { unpackRecords } from '../../chem/features/record-block.ts'
import { type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import type { RowGroup } from '../../shared/contract/predictions.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'

export interface RankedStructure {
  line: number
  smiles: string
  prediction: number
}

/** Similarity from which a compound belongs to a cluster: MinMax over Morgan counts of radius 2. */
export const CLUSTER_SIMILARITY = 0.5
const SECTION = 'morgan-count-r2-chiral'
const BLOCK = 256
const COMPARISONS_BETWEEN_PAUSES = 2_000

type Chemistry = Pick<ChemistryService, 'request'>

/** Bemis-Murcko scaffolds; the rows are given best first, and so come the groups and the lines in them. */
export async function groupByScaffold(
  chemistry: Chemistry,
  rows: readonly RankedStructure[],
  signal?: AbortSignal,
): Promise<RowGroup[]> {
  const blocks = await Promise.all(
    blocksOf(rows).map(async block => {
      const smiles = block.map(row => row.smiles)
      const { items } = await chemistry.request('scaffold', { smiles }, { process: 'pool', ...(signal && { signal }) })
      return items.map(item => (item.ok ? item.scaffold : null))
    }),
  )
  const groups = new Map<string, RowGroup>()
  for (const [i, scaffold] of blocks.flat().entries()) {
    if (scaffold === null) continue
    const row = rows[i]!
    const group = groups.get(scaffold)
    if (group === undefined) groups.set(scaffold, begin(row, scaffold))
    else join(group, row)
  }
  return [...groups.values()]
}

/**
 * The best compound begins a cluster; each next one joins the first cluster whose beginning is like it, or begins its own (the
 * leader algorithm, Hartigan 1975, in the order of the ranking: what stands for a cluster is its best compound).
 */
export async function groupByLikeness(
  chemistry: Chemistry,
  rows: readonly RankedStructure[],
  signal?: AbortSignal,
): Promise<RowGroup[]> {
  const blocks = await Promise.all(
    blocksOf(rows).map(async block => {
      const input = { smiles: block.map(row => row.smiles), sections: [SECTION] }
      const { result } = await chemistry.request('featuriseBlock', input, {
        process: 'pool',
        ...(signal && { signal }),
      })
      return unpackRecords(result.records).map(bytes => bytes && decodeRecord(bytes, [SECTION])[SECTION])
    }),
  )
  const groups: { leader: SparseCounts; group: RowGroup }[] = []
  let comparisons = 0
  for (const [i, counts] of blocks.flat().entries()) {
    if (counts === null) continue
    const row = rows[i]!
    comparisons += groups.length
    if (comparisons > COMPARISONS_BETWEEN_PAUSES) {
      await nextTurn()
      comparisons = 0
    }
    const found = groups.find(({ leader }) => tanimotoCounts(leader, counts) >= CLUSTER_SIMILARITY)
    if (found === undefined) groups.push({ leader: counts, group: begin(row, row.smiles) })
    else join(found.group, row)
  }
  return groups.map(({ group }) => group)
}

function begin({ line, prediction }: RankedStructure, smiles: string): RowGroup {
  return { smiles, best: prediction, worst: prediction, lines: [line] }
}

function join(group: RowGroup, { line, prediction }: RankedStructure): void {
  group.lines.push(line)
  group.best = Math.max(group.best, prediction)
  group.worst = Math.min(group.worst, prediction)
}

function blocksOf<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BLOCK) }, (_, k) => rows.slice(k * BLOCK, (k + 1) * BLOCK))
}
