/**
 * Records of one structure. Exact values of one structure become one row with their median; bounds of one direction become
 * the tightest of them. Nothing is merged across the values of a split column, and never an exact value with a bound.
 */
import type { DuplicatePolicy, Relation } from '../../shared/contract/datasets.ts'

type BoundClass = 'exact' | 'approximate' | 'weaker' | 'stronger'

export interface Replicate {
  structureKey: string
  split: string | null
  relation: Relation
  pX: number
  line: number
  date: string | null
}

interface Group {
  /** The row that stands for the group. */
  index: number
  line: number
  kind: BoundClass
  values: number[]
  date: string | null
}

export interface MergedGroup {
  index: number
  line: number
  pX: number
  kind: BoundClass
  values: readonly number[]
  /** When the compound was first measured: from then on its value was known. */
  date: string | null
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
  readonly #policy: DuplicatePolicy
  readonly #structures = new Set<string>()

  constructor(policy: DuplicatePolicy = { keep: 'median' }) {
    this.#policy = policy
  }

  /** Distinct structures seen. */
  get structures(): number {
    return this.#structures.size
  }

  /** `null` where it becomes row `index`: the first of its group, or any where all are kept; else the line that it joins. */
  add(replicate: Replicate, index: number): number | null {
    const kind = KINDS[replicate.relation]
    const key = groupKey(replicate)
    this.#structures.add(replicate.structureKey)
    const group = this.#groups.get(key)
    if (group === undefined) {
      const { line, pX, date } = replicate
      this.#groups.set(key, { index, line, kind, values: [pX], date })
      return null
    }
    group.values.push(replicate.pX)
    group.date = earlier(group.date, replicate.date)
    return this.#policy.keep === 'all' ? null : group.line
  }

  /** Groups of more than one record with the value that stands for them, in the order of their rows. */
  merged(): MergedGroup[] {
    if (this.#policy.keep === 'all') return []
    return [...this.#groups.values()]
      .filter(group => group.values.length > 1)
      .map(group => ({ ...group, pX: representative(group) }))
  }

  /** Groups of more than one record, merged or not. */
  get repeated(): number {
    return [...this.#groups.values()].filter(group => group.values.length > 1).length
  }

  /** How many groups of measured values differ by more than one log unit. */
  spread(): number {
    return [...this.#groups.values()].filter(group => spreadOf(group) !== null).length
  }

  /**
   * The noise of the measurements: the standard deviation of exact values about the mean of their structure, pooled over the
   * structures that were measured more than once (Kramer et al. 2012, J. Med. Chem. 55, 5165). `null` where there is none.
   */
  noise(): { sd: number; freedom: number } | null {
    let squares = 0
    let freedom = 0
    for (const { kind, values } of this.#groups.values()) {
      if (kind !== 'exact' || values.length < 2) continue
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      for (const value of values) squares += (value - mean) ** 2
      freedom += values.length - 1
    }
    return freedom === 0 ? null : { sd: Math.sqrt(squares / freedom), freedom }
  }
}

/** How far apart exact values of one structure lie, where that is more than one log unit; else `null`. */
export function spreadOf({ kind, values }: { kind: BoundClass; values: readonly number[] }): number | null {
  if (kind !== 'exact') return null
  const spread = highest(values) - lowest(values)
  return spread > MAX_SPREAD_LOG ? spread : null
}

/** Records with one key are replicates of each other. */
export function groupKey({ structureKey, split, relation }: Omit<Replicate, 'pX' | 'line' | 'date'>): string {
  return JSON.stringify([structureKey, split, KINDS[relation]])
}

/** Exact values of one structure that lie further apart than measurements do. */
export class Conflicts {
  readonly #limitLog: number
  readonly #groups = new Map<string, { lowest: number; highest: number; lines: number[] }>()

  constructor(limitLog: number) {
    this.#limitLog = limitLog
  }

  add(replicate: Replicate): void {
    if (replicate.relation !== '=') return
    const key = groupKey(replicate)
    const { pX, line } = replicate
    const group = this.#groups.get(key)
    if (group === undefined) {
      this.#groups.set(key, { lowest: pX, highest: pX, lines: [line] })
      return
    }
    group.lowest = Math.min(group.lowest, pX)
    group.highest = Math.max(group.highest, pX)
    group.lines.push(line)
  }

  /** The group of a record that is in conflict; `null` where its values agree. */
  of(
    replicate: Omit<Replicate, 'pX' | 'line' | 'date'>,
  ): { lowest: number; highest: number; lines: readonly number[] } | null {
    const group = this.#groups.get(groupKey(replicate))
    // Differences of decimal numbers: 7.5 − 6.4 is a little more than 1.1.
    return group !== undefined && group.highest - group.lowest > this.#limitLog + 1e-9 ? group : null
  }
}

function representative({ kind, values }: Group): number {
  // "Weaker than pX 5" and "weaker than pX 4.5" together say weaker than 4.5.
  if (kind === 'weaker') return lowest(values)
  if (kind === 'stronger') return highest(values)
  return median(values)
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
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
