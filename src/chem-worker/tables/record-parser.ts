/** From one record of a table to a compound with its affinity, or to the rule it broke. */
import { type Affinity, parseAffinity, parseRelation, parseUnit } from '../../shared/affinity.ts'
import { type DecimalMark, quote } from '../../shared/affinity-number.ts'
import type { ParsedStructure } from '../../shared/chem-protocol.ts'
import type { ColumnRoles, ImportOptions, Relation } from '../../shared/contract/datasets.ts'
import { describeStructure, scaffoldSmiles } from '../parse.ts'
import type { StructureFormat, StructureReader } from '../structure-reader.ts'
import { readValueName } from './column-names.ts'
import { type DateOrder, parseDate } from './dates.ts'
import { type GroupChoice, groupProblem } from './groups.ts'
import type { TableRow } from './record-reader.ts'

export interface Compound {
  structure: ParsedStructure
  scaffold: string
  affinity: Affinity
  id: string | null
  split: string | null
  date: string | null
  /** A date that cannot be read costs the record its date and nothing else. */
  dateProblem: Problem | null
}
/** What is wrong with a record, and in which column; `null` for the record as a whole. */
export interface Problem {
  column: number | null
  raw: string | null
  rule: string
  message: string
}
export type ParsedRecord = { compound: Compound } | { problem: Problem }

export interface RecordContext {
  options: ImportOptions
  structureFormat: StructureFormat
  header: readonly string[]
  /** With the columns of groups that the options left out. */
  roles: ColumnRoles
  choice: GroupChoice
  decimalMark: DecimalMark
  dateOrder: DateOrder
  reader: StructureReader
}

export async function parseRecord(row: TableRow, context: RecordContext): Promise<ParsedRecord> {
  const { roles } = context
  const cell = (column: number | null | undefined): string => (column == null ? '' : (row.cells[column] ?? '').trim())
  const shape = checkShape(row, context.header)
  if (shape !== null) return { problem: shape }
  const group = groupProblem(row, roles, context.choice)
  if (group !== null) return { problem: group }
  // The value first: it is cheap, and most refusals are in it.
  const value = readValue(row, cell, context)
  if ('problem' in value) return value
  // A molblock has blanks that count at its beginning.
  const isMolblock = context.structureFormat === 'molblock'
  const raw = isMolblock ? (row.cells[roles.smiles] ?? '') : cell(roles.smiles)
  const read = { format: context.structureFormat, neutralise: context.options.neutralise ?? false }
  const outcome = await context.reader.read(raw, read, structure => ({
    structure: describeStructure(context.reader.toolkit, structure),
    scaffold: scaffoldSmiles(context.reader.toolkit, structure.molecule),
  }))
  if ('refusal' in outcome)
    return { problem: { column: roles.smiles, raw: isMolblock ? null : raw, ...outcome.refusal } }
  return {
    compound: {
      ...outcome.value,
      affinity: value.affinity,
      id: cell(roles.id) || null,
      split: cell(roles.split) || null,
      ...readDate(cell(roles.date), context),
    },
  }
}

function readDate(text: string, { roles, dateOrder }: RecordContext): Pick<Compound, 'date' | 'dateProblem'> {
  if (text === '') return { date: null, dateProblem: null }
  const reading = parseDate(text, dateOrder)
  if (reading.ok) return { date: reading.date, dateProblem: null }
  const { message } = reading
  const dateProblem = {
    column: roles.date ?? null,
    raw: text,
    rule: 'date.unreadable',
    message: `left without a date: ${message}`,
  }
  return { date: null, dateProblem }
}

/** What the reader itself found wrong, then the number of cells. More than columns: a delimiter stands unquoted in a cell, and whatever follows it is in the wrong column. */
function checkShape(row: TableRow, header: readonly string[]): Problem | null {
  if (row.problem !== undefined) return { column: null, raw: null, ...row.problem }
  const surplus = row.cells.slice(header.length).filter(cell => cell.trim() !== '')
  if (surplus.length === 0) return null
  const message = `expected ${header.length} cells, got ${row.cells.length}: a delimiter may stand unquoted in one of them`
  return { column: null, raw: surplus.join(' '), rule: 'record.tooManyCells', message }
}

type Cell = (column: number | null | undefined) => string

function readValue(
  row: TableRow,
  cell: Cell,
  { options, roles, decimalMark }: RecordContext,
): { affinity: Affinity } | { problem: Problem } {
  const refuse = (column: number | null | undefined, rule: string, message: string): { problem: Problem } => ({
    problem: { column: column ?? null, raw: cell(column), rule, message },
  })
  const unitText = cell(roles.unit)
  const unit = unitText === '' ? options.unit : parseUnit(unitText)
  if (unitText !== '' && unit === null) {
    return refuse(roles.unit, 'unit.unknown', `expected a unit such as nM or uM, got ${quote(unitText)}`)
  }
  const relationText = cell(roles.relation)
  const relation: Relation | null = relationText === '' ? null : parseRelation(relationText)
  if (relationText !== '' && relation === null) {
    return refuse(roles.relation, 'relation.unknown', `expected one of = < > <= >= ~, got ${quote(relationText)}`)
  }
  const kind = cell(roles.endpoint)
  if (kind !== '' && !isEndpoint(kind, options)) {
    return refuse(
      roles.endpoint,
      'endpoint.other',
      `expected ${options.endpoint}, got ${quote(kind)}: kinds are not pooled`,
    )
  }
  const raw = cell(roles.value)
  const mark = row.numbers?.has(roles.value) ? '.' : decimalMark
  const reading = parseAffinity(raw, { unit, decimalMark: mark, relation })
  if (!reading.ok) return refuse(roles.value, reading.rule, reading.message)
  const { affinity } = reading
  if (unitText !== '' && affinity.unit !== unit) {
    return refuse(roles.value, 'unit.conflict', `the unit column says ${unit}, the value says ${quote(raw)}`)
  }
  if (affinity.endpoint !== null && options.endpoint !== 'other' && affinity.endpoint !== options.endpoint) {
    return refuse(
      roles.value,
      'endpoint.other',
      `expected ${options.endpoint}, got ${quote(raw)}: kinds are not pooled`,
    )
  }
  return { affinity }
}

function isEndpoint(kind: string, options: ImportOptions): boolean {
  const { endpoint } = readValueName(kind)
  return options.endpoint === 'other' ? endpoint === null : endpoint === options.endpoint
}
