/**
 * Records of one structure. Exact values of one structure become one row with their median; bounds of one direction become
 * the tightest of them. Nothing is merged across the values of a split column, and never an exact value with a bound.
 */
import type { Relation } from '../../shared/contract/datasets.ts'

type BoundClass = 'exact' | 'approximate' | 'weaker' | 'stronger'

export interface Replicate {
  structureKey: string
  split: string | null
  relation: Relation
  pX: number
  line: number
}

interface Group {
  /** The row that stands for the group. */
  index: number
  line: number
  kind: BoundClass
  values: number[]
}

export interface MergedGroup {
  index: number
  line: number
  pX: number
  kind: BoundClass
  values: readonly number[]
}

const KINDS: Readonly<Record<Relation, BoundClass>> = {
  '=': 'exact',
  '~': 'approximate',
  '>': 'weaker',
  '>=': 'weaker',
  '<': 'stronger',
  '<=': 'stronger',
}
const MAX_SPREAD_LOG = 1

export class Replicates {
  readonly #groups = new Map<string, Group>()
  readonly #structures = new Set<string>()

  /** Distinct structures seen. */
  get structures(): number {
    return this.#structures.size
  }

  /** `null` where it is the first of its group, which becomes row `index`; else the line that it joins. */
  add(replicate: Replicate, index: number): number | null {
    const kind = KINDS[replicate.relation]
    const key = JSON.stringify([replicate.structureKey, replicate.split, kind])
    this.#structures.add(replicate.structureKey)
    const group = this.#groups.get(key)
    if (group === undefined) {
      this.#groups.set(key, { index, line: replicate.line, kind, values: [replicate.pX] })
      return null
    }
    group.values.push(replicate.pX)
    return group.line
  }

  /** Groups of more than one record with the value that stands for them, in the order of their rows. */
  merged(): MergedGroup[] {
    return [...this.#groups.values()]
      .filter(group => group.values.length > 1)
      .map(group => ({ ...group, pX: representative(group) }))
  }

  /** How many groups of measured values differ by more than one log unit. */
  spread(): number {
    return [...this.#groups.values()].filter(({ kind, values }) => {
      return kind === 'exact' && highest(values) - lowest(values) > MAX_SPREAD_LOG
    }).length
  }
}

function representative({ kind, values }: Group): number {
  // "Weaker than pX 5" and "weaker than pX 4.5" together say weaker than 4.5.
  if (kind === 'weaker') return lowest(values)
  if (kind === 'stronger') return highest(values)
  return median(values)
}

// Not Math.max(...values): a file may hold a hundred thousand records of one structure, and arguments go on the stack.
function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b))
}

function lowest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
