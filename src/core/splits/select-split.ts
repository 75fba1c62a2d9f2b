/**
 * How a data set would be parted, for whoever asks before a run. Runs in the store's thread: drawing groups out of 200,000 rows takes
 * a quarter of a second, which the host's event loop does not have.
 */
import { groupRows } from '../../recipes/splits/carve.ts'
import { labelShift } from '../../recipes/splits/label-shift.ts'
import { developmentRows, makeSplit, type Split, type SplitFold, type SplitRows } from '../../recipes/splits/split.ts'
import type { Relation } from '../../shared/contract/datasets.ts'
import type { SplitKind, SplitPreview } from '../../shared/contract/jobs.ts'
import { boundOf } from '../jobs/training-rows.ts'
import type { StoreReader } from '../store/handles.ts'

export interface SplitQuery {
  datasetId: string
  kind: SplitKind
  seed: number
  fold?: SplitFold | undefined
  /** [rows] for a cluster split. */
  cluster?: Int32Array | undefined
}

export interface SelectedSplit {
  rows: number
  split: Split
  /** Exactly measured rows that may be learned from: validation rows too, unless the data set itself names them. */
  exactDevelopment: number
}

/** ERR_6001 and ERR_6003 as `makeSplit`. */
export function selectSplit(store: StoreReader, query: SplitQuery): SelectedSplit {
  const rows = selectRows(store, query)
  const split = makeSplit(rows, query.kind, query.seed, query.fold)
  const exactDevelopment = developmentRows(split).filter(row => rows.bound[row] === 0).length
  return { rows: rows.bound.length, split, exactDevelopment }
}

export type SplitDescription = Pick<SplitPreview, 'labels' | 'groups' | 'dates'>

/** The split, and what can be said of it without looking at structures. */
export function describeSplit(store: StoreReader, query: SplitQuery): SelectedSplit & SplitDescription {
  const rows = selectRows(store, query)
  const split = makeSplit(rows, query.kind, query.seed, query.fold)
  const learned = [...split.train, ...split.validation]
  return {
    rows: rows.bound.length,
    split,
    exactDevelopment: developmentRows(split).filter(row => rows.bound[row] === 0).length,
    labels: describeLabels(rows, learned, split.test),
    groups: describeGroups(rows, query.kind, split.test),
    dates: describeDates(rows, learned, split.test),
  }
}

interface Rows extends SplitRows {
  bound: number[]
  y: number[]
  date: (string | null)[]
}

function selectRows(store: StoreReader, { datasetId, cluster }: SplitQuery): Rows {
  const rows = {
    bound: [] as number[],
    y: [] as number[],
    splitValue: [] as (string | null)[],
    scaffold: [] as (string | null)[],
    date: [] as (string | null)[],
  }
  const found = store.iterate<{
    pX: number
    scaffold: string | null
    relation: Relation
    split: string | null
    date: string | null
  }>('SELECT p_x AS pX, scaffold, relation, split, date FROM dataset_rows WHERE dataset_id = ? ORDER BY row_index', [
    datasetId,
  ])
  for (const { pX, scaffold, relation, split, date } of found) {
    rows.y.push(pX)
    rows.bound.push(boundOf(relation))
    rows.splitValue.push(split)
    rows.scaffold.push(scaffold)
    rows.date.push(date)
  }
  return cluster === undefined ? rows : { ...rows, cluster }
}

const BINS = 20

function describeLabels(rows: Rows, learned: readonly number[], tested: readonly number[]): SplitPreview['labels'] {
  const exact = (part: readonly number[]): number[] =>
    part.filter(row => rows.bound[row] === 0).map(row => rows.y[row]!)
  const [a, b] = [exact(learned), exact(tested)]
  const shift = labelShift(a, b)
  if (shift === null) return null
  const all = [...a, ...b]
  const min = all.reduce((x, y) => Math.min(x, y))
  const max = all.reduce((x, y) => Math.max(x, y))
  const describe = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const counts = new Array<number>(BINS).fill(0)
    for (const value of values)
      counts[max === min ? 0 : Math.min(BINS - 1, Math.floor(((value - min) / (max - min)) * BINS))]!++
    return { n: values.length, mean, sd: Math.sqrt(squares / Math.max(1, values.length - 1)), counts }
  }
  return { min, max, learned: describe(a), tested: describe(b), ...shift }
}

function describeGroups(rows: Rows, kind: SplitKind, tested: readonly number[]): SplitPreview['groups'] {
  if (kind !== 'scaffold' && kind !== 'cluster') return null
  const count = (members: readonly number[]): number => groupRows(rows, members, kind).length
  return { all: count(rows.bound.map((_, row) => row)), tested: count(tested) }
}

function describeDates({ date }: Rows, learned: readonly number[], tested: readonly number[]): SplitPreview['dates'] {
  const ends = (part: readonly number[]): { from: string; to: string } | null => {
    const known = part.flatMap(row => date[row] ?? []).sort()
    return known.length === 0 ? null : { from: known[0]!, to: known.at(-1)! }
  }
  const [a, b] = [ends(learned), ends(tested)]
  if (a === null || b === null) return null
  return { learnedFrom: a.from, learnedTo: a.to, testedFrom: b.from, testedTo: b.to }
}
