/** Proposes which column plays which part, from the cells and the names, and says why. The user has the last word. */
import { parseAffinity, parseEndpoint, parseRelation, parseUnit } from '../../shared/affinity.ts'
import type { DecimalMark } from '../../shared/affinity-number.ts'
import type { Endpoint, TablePreview, Unit } from '../../shared/contract/datasets.ts'
import { isNamed, type NamedRole, readValueName, valueNameScore } from './column-names.ts'
import { isDateText } from './dates.ts'
import { decimalMarkOf, weighCell } from './decimal-mark.ts'
import { endpointInFileName } from './file-name.ts'
import type { TableLayout } from './record-reader.ts'

export interface Proposal {
  roles: TablePreview['proposal']
  reasons: TablePreview['reasons']
  /** Of the value column; `null` where a unit column or the cells say it, or nothing does. */
  unit: Unit | null
  endpoint: Endpoint | null
}

interface Column {
  index: number
  name: string
  /** Filled cells of the sample, trimmed. */
  cells: string[]
}

/** Share of a column's filled cells that must be what the role needs. */
const MOST = 0.8
const HALF = 0.5
/** A second column of values with at least this share of the first one's cells makes the choice the user's. */
const RIVAL = 0.1
const FEW_DISTINCT = 20

export function proposeRoles(layout: TableLayout, fileName: string): Proposal {
  const columns = layout.header.map((name, index) => ({ index, name, cells: filledCells(layout, index) }))
  const smiles = chooseSmiles(layout)
  const others = columns.filter(column => !layout.structures.some(structure => structure.column === column.index))
  const value = chooseValue(others, layout.sample.length)
  const rest = others.filter(column => column.index !== value?.column.index)
  const unit = chooseNamed(rest, 'unit', cell => parseUnit(cell) !== null)
  const relation = chooseNamed(rest, 'relation', cell => parseRelation(cell) !== null)
  const endpoint = chooseNamed(rest, 'endpoint', () => true) ?? chooseKinds(rest)
  const split = chooseNamed(rest, 'split', () => true, isGrouping)
  const target = chooseGroup(rest, 'target', layout.sample.length)
  const assay = chooseGroup(rest, 'assay', layout.sample.length)
  const date = chooseNamed(rest, 'date', isDateText)
  const taken = [unit, relation, endpoint, split, target, assay, date]
  const id = chooseId(rest.filter(column => !taken.includes(column.index)))
  const named = value === null ? { endpoint: null, unit: null } : readValueName(value.column.name)

  return {
    roles: {
      smiles: smiles.column,
      value: value?.column.index ?? null,
      id,
      unit,
      relation,
      endpoint,
      split,
      ...(target === null ? {} : { target }),
      ...(assay === null ? {} : { assay }),
      ...(date === null ? {} : { date }),
    },
    reasons: {
      smiles: smiles.reason,
      value: value?.reason ?? (others.some(mayBeValue) ? 'content.severalNumbers' : 'content.noNumbers'),
      ...reasonFor('id', id, columns),
      ...reasonFor('unit', unit, columns),
      ...reasonFor('relation', relation, columns),
      ...reasonFor('endpoint', endpoint, columns),
      ...reasonFor('split', split, columns),
      ...reasonFor('target', target, columns),
      ...reasonFor('assay', assay, columns),
      ...reasonFor('date', date, columns),
    },
    unit: named.unit ?? (unit === null ? null : onlyUnit(columns[unit]!)),
    endpoint:
      named.endpoint ?? onlyEndpoint(endpoint === null ? null : columns[endpoint]!) ?? endpointInFileName(fileName),
  }
}

function filledCells(layout: TableLayout, column: number): string[] {
  return layout.sample.map(row => (row.cells[column] ?? '').trim()).filter(cell => cell !== '')
}

/** Among columns of structures, one that is named so; else the first. */
function chooseSmiles({ structures, header }: TableLayout): { column: number; reason: string } {
  const named = structures.find(({ column }) => isNamed('smiles', header[column] ?? ''))
  if (named !== undefined) return { column: named.column, reason: 'header.smiles' }
  return { column: structures[0]!.column, reason: 'content.smiles' }
}

/** Columns of numbers, the best named first; `null` where two different ones could be meant. */
function chooseValue(columns: readonly Column[], records: number): { column: Column; reason: string } | null {
  const numeric = columns.filter(isNumeric)
  const scored = numeric
    .map(column => ({ column, score: valueNameScore(column.name) }))
    .filter(({ score }) => score > 0)
  if (scored.length === 0) {
    const unnamed = numeric.filter(column => valueNameScore(column.name) === 0 && !isCounter(column))
    return unnamed.length === 1 ? { column: unnamed[0]!, reason: 'content.onlyNumbers' } : null
  }
  const top = Math.max(...scored.map(({ score }) => score))
  const best = scored.filter(({ score }) => score === top).map(({ column }) => column)
  const fullest = best.reduce((most, column) => (column.cells.length > most.cells.length ? column : most))
  const rivals = best.filter(column => isRival(column, fullest))
  if (rivals.length > 0 || fullest.cells.length < HALF * Math.min(records, 4)) return null
  return { column: fullest, reason: top === 100 ? 'header.chembl' : top >= 80 ? 'header.affinity' : 'header.value' }
}

function mayBeValue(column: Column): boolean {
  return isNumeric(column) && valueNameScore(column.name) >= 0 && !isCounter(column)
}

/** Two columns of one name are one question with two answers, of which the first is taken; Ki beside IC50 is a real choice. */
function isRival(column: Column, chosen: Column): boolean {
  if (column === chosen || column.name === chosen.name) return false
  return column.cells.length >= RIVAL * chosen.cells.length
}

function isNumeric(column: Column): boolean {
  if (column.cells.length === 0) return false
  const evidence = { commas: 0, points: 0 }
  for (const cell of column.cells) weighCell(evidence, cell)
  const mark = decimalMarkOf(evidence)
  return share(column.cells, cell => isAffinityText(cell, mark)) >= HALF
}

/** Any number at all: what it means is decided later, under the unit. */
function isAffinityText(cell: string, decimalMark: DecimalMark): boolean {
  const reading = parseAffinity(cell, { unit: 'nM', decimalMark })
  return reading.ok || reading.rule === 'value.notPositive' || reading.rule === 'value.implausible'
}

/** 1, 2, 3 …: a running number. */
function isCounter(column: Column): boolean {
  return (
    column.cells.length > 2 &&
    column.cells.every((cell, i) => /^\d+$/.test(cell) && Number(cell) === Number(column.cells[0]) + i)
  )
}

/** A column of that name whose cells fit, e.g. `Standard Units`; else `null`. */
function chooseNamed(
  columns: readonly Column[],
  role: NamedRole,
  fits: (cell: string) => boolean,
  alsoFits: (column: Column) => boolean = () => true,
): number | null {
  const found = columns.find(
    column => isNamed(role, column.name) && share(column.cells, fits) >= MOST && alsoFits(column),
  )
  if (found !== undefined) return found.index
  // A column of nothing but units or operators is one without a name that says so.
  if (role !== 'unit' && role !== 'relation') return null
  return (
    columns.find(column => column.cells.length > 0 && column.cells.every(cell => cell.length <= 12 && fits(cell)))
      ?.index ?? null
  )
}

/** A column of nothing but `Ki`, `IC50` and the like says kinds, whatever it is called. */
function chooseKinds(columns: readonly Column[]): number | null {
  const isKind = (cell: string): boolean => cell.length <= 12 && parseEndpoint(cell) !== null
  return columns.find(({ cells }) => cells.length > 0 && cells.every(isKind))?.index ?? null
}

/** Names what was measured on: text or numbers that repeat, in most records. A column of values called `target` is none. */
function chooseGroup(columns: readonly Column[], role: 'target' | 'assay', records: number): number | null {
  const found = columns.find(column => {
    if (!isNamed(role, column.name) || column.cells.length < HALF * Math.min(records, 50)) return false
    return role === 'assay' || share(column.cells, cell => !Number.isNaN(Number(cell))) < HALF
  })
  return found?.index ?? null
}

/** Named as an id; else the first column of text in which hardly anything repeats. */
function chooseId(columns: readonly Column[]): number | null {
  const unique = columns.filter(
    column => new Set(column.cells).size >= MOST * column.cells.length && column.cells.length > 0,
  )
  const named = unique.find(column => isNamed('id', column.name))
  if (named !== undefined) return named.index
  const text = unique.find(
    column => column.cells.length > 2 && !isNumeric(column) && !column.cells.some(cell => cell.length > 60),
  )
  return text?.index ?? null
}

function isGrouping(column: Column): boolean {
  return column.cells.length > 0 && new Set(column.cells).size <= FEW_DISTINCT
}

function share(cells: readonly string[], fits: (cell: string) => boolean): number {
  return cells.length === 0 ? 0 : cells.filter(fits).length / cells.length
}

function reasonFor(role: NamedRole, column: number | null, columns: readonly Column[]): TablePreview['reasons'] {
  if (column === null) return {}
  return { [role]: `${isNamed(role, columns[column]!.name) ? 'header' : 'content'}.${role}` }
}

function onlyUnit(column: Column): Unit | null {
  const units = new Set(column.cells.map(parseUnit))
  return units.size === 1 ? [...units][0]! : null
}

function onlyEndpoint(column: Column | null): Endpoint | null {
  if (column === null) return null
  const endpoints = new Set(column.cells.map(cell => readValueName(cell).endpoint))
  return endpoints.size === 1 ? [...endpoints][0]! : null
}
