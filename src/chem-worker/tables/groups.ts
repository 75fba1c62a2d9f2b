/**
 * What must not be pooled: targets, kinds of endpoints and assays. A table that holds several is only imported under a choice,
 * and records outside of it are rejected by name.
 */
import { parseAffinity } from '../../shared/affinity.ts'
import type { ColumnRoles, ImportOptions, TableGroup } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { readValueName } from './column-names.ts'
import type { TableRow } from './record-reader.ts'

type Dimension = 'target' | 'endpoint' | 'assay'
export type GroupRoles = Pick<ColumnRoles, 'value' | 'target' | 'endpoint' | 'assay'>

/** What is taken of a table with several groups, as the table first writes it; `null` where there is nothing to choose. */
export type GroupChoice = Readonly<Record<Dimension, string | null>>

export const NO_CHOICE: GroupChoice = { target: null, endpoint: null, assay: null }
/** Of `assay`: all of them together. */
export const ALL_ASSAYS = '*'
/** Names of a dimension that are told apart; a column with more is none of groups. */
const MAX_GROUPS = 20_000
const MAX_LISTED = 12

export class GroupSurvey {
  readonly #roles: GroupRoles
  readonly #groups = new Map<string, TableGroup>()

  constructor(roles: GroupRoles) {
    this.#roles = roles
  }

  add(row: TableRow): void {
    if (row.problem !== undefined) return
    const names = groupOf(row, this.#roles)
    const key = JSON.stringify([names.target, names.endpoint, names.assay].map(foldName))
    const group = this.#groups.get(key)
    if (group !== undefined) group.records++
    else if (this.#groups.size < MAX_GROUPS) this.#groups.set(key, { ...names, records: 1 })
    else throw new AppError('ERR_2006', `the table has more than ${MAX_GROUPS} groups of target, endpoint and assay`)
  }

  /** The largest first. */
  groups(): TableGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.records - a.records)
  }
}

/** The names that a record says; `null` where it says nothing. */
export function groupOf(row: TableRow, roles: GroupRoles): Omit<TableGroup, 'records'> {
  const cell = (column: number | null | undefined): string | null =>
    column == null ? null : (row.cells[column] ?? '').trim() || null
  const kind = cell(roles.endpoint)
  return {
    target: cell(roles.target),
    endpoint: kind === null ? kindInValue(cell(roles.value)) : (readValueName(kind).endpoint ?? kind),
    assay: cell(roles.assay),
  }
}

/** `Ki = 62 nM` in the cell itself. */
function kindInValue(value: string | null): string | null {
  if (value === null || !/k_?[di]|[ie]c_?50/i.test(value)) return null
  const reading = parseAffinity(value, { unit: 'nM', decimalMark: null })
  return reading.ok ? reading.affinity.endpoint : null
}

export function foldName(name: string | null): string | null {
  return name === null ? null : name.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

/** Throws ERR_2006, listing the groups, where the options leave open which of them are meant. */
export function chooseGroups(groups: readonly TableGroup[], options: ImportOptions): GroupChoice {
  const left = { groups: [...groups] }
  const choose = (dimension: Dimension, wanted: string | null): string | null => {
    const names = namesOf(left.groups, dimension)
    if (names.size < 2) return null
    const chosen = foldName(wanted)
    if (chosen === null || !names.has(chosen)) throw mixed(groups, dimension, { names, wanted })
    left.groups = left.groups.filter(group => foldName(group[dimension]) === chosen)
    return names.get(chosen)!
  }
  const target = choose('target', options.target)
  const endpoint = choose('endpoint', options.endpoint === 'other' ? null : options.endpoint)
  // Left out is not asked: hosts that know nothing of assays pool them, as they always did.
  const pooled = options.assay === undefined || options.assay === ALL_ASSAYS
  return { target, endpoint, assay: pooled ? null : choose('assay', options.assay ?? null) }
}

/** Distinct names by their folded form. */
function namesOf(groups: readonly TableGroup[], dimension: Dimension): Map<string, string> {
  const names = new Map<string, string>()
  for (const group of groups) {
    const folded = foldName(group[dimension])
    if (folded !== null && !names.has(folded)) names.set(folded, group[dimension]!)
  }
  return names
}

function mixed(
  groups: readonly TableGroup[],
  dimension: Dimension,
  { names, wanted }: { names: ReadonlyMap<string, string>; wanted: string | null },
): AppError {
  const listed = groups.map(describeGroup)
  const shown =
    listed.slice(0, MAX_LISTED).join('; ') + (listed.length > MAX_LISTED ? `; ${listed.length - MAX_LISTED} more` : '')
  const why = wanted === null || wanted === '' ? '' : `, none of them ${JSON.stringify(wanted)}`
  const message = `the table mixes ${names.size} ${dimension}s${why}, which are not pooled: choose one ${dimension}. It holds ${shown}`
  return new AppError('ERR_2006', message, {
    path: `options.${dimension}`,
    details: { groups: listed.slice(0, 200), choices: [...names.values()].slice(0, 200) },
  })
}

function describeGroup({ target, endpoint, assay, records }: TableGroup): string {
  const names = [target, endpoint, assay].filter(name => name !== null)
  return `${names.join(' / ') || '(not named)'}: ${records} ${records === 1 ? 'record' : 'records'}`
}

/** Why a record is none of the chosen ones, or `null`. */
export function groupProblem(
  row: TableRow,
  roles: GroupRoles,
  choice: GroupChoice,
): { column: number | null; raw: string | null; rule: string; message: string } | null {
  if (choice.target === null && choice.endpoint === null && choice.assay === null) return null
  const names = groupOf(row, roles)
  for (const dimension of ['target', 'endpoint', 'assay'] as const) {
    const wanted = choice[dimension]
    if (wanted === null || foldName(names[dimension]) === foldName(wanted)) continue
    const raw = names[dimension]
    const got = raw === null ? 'nothing' : JSON.stringify(raw.slice(0, 80))
    const message = `expected the ${dimension} ${JSON.stringify(wanted)}, got ${got}: the table has several, which are not pooled`
    return { column: roles[dimension] ?? null, raw, rule: `${dimension}.other`, message }
  }
  return null
}
