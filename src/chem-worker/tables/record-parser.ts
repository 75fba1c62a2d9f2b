/** From one record of a table to a compound with its affinity, or to the rule it broke. */
import { type Affinity, parseAffinity, parseRelation, parseUnit } from '../../shared/affinity.ts'
import { type DecimalMark, quote } from '../../shared/affinity-number.ts'
import type { ColumnRoles, ImportOptions, Relation } from '../../shared/contract/datasets.ts'
import type { Outcome, StructureFormat } from '../structure-reader.ts'
import type { DescribedStructure, Structures, StructureTask } from '../structures/read-structures.ts'
import { readValueName } from './column-names.ts'
import { type DateOrder, parseDate } from './dates.ts'
import { type GroupChoice, groupProblem } from './groups.ts'
import type { TableRow } from './record-reader.ts'

export interface Compound extends DescribedStructure {
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

/** All of a compound but its structure, which takes a toolkit to read. */
export interface Draft {
  structureText: string
  rest: Omit<Compound, keyof DescribedStructure>
}

export interface RecordContext {
  options: ImportOptions
  structureFormat: StructureFormat
  header: readonly string[]
  /** With the columns of groups that the options left out. */
  roles: ColumnRoles
  choice: GroupChoice
  decimalMark: DecimalMark
  dateOrder: DateOrder
}

export async function parseRecord(
  row: TableRow,
  context: RecordContext,
  structures: Structures,
): Promise<ParsedRecord> {
  const draft = draftRecord(row, context)
  if ('problem' in draft) return draft
  const [outcome] = await structures.read([structureTask(draft, context)])
  return finishRecord(draft, outcome!, context)
}

/** Everything before the structure: it is cheap, and most refusals are in it. */
export function draftRecord(row: TableRow, context: RecordContext): Draft | { problem: Problem } {
  const { roles } = context
  const cell = (column: number | null | undefined): string => (column == null ? '' : (row.cells[column] ?? '').trim())
  const shape = checkShape(row, context.header)
  if (shape !== null) return { problem: shape }
  const group = groupProblem(row, roles, context.choice)
  if (group !== null) return { problem: group }
  const value = readValue(row, cell, context)
  if ('problem' in value) return value
  return {
    // A molblock has blanks that count at its beginning.
    structureText: context.structureFormat === 'molblock' ? (row.cells[roles.smiles] ?? '') : cell(roles.smiles),
    rest: {
      affinity: value.affinity,
      id: cell(roles.id) || null,
      split: cell(roles.split) || null,
      ...readDate(cell(roles.date), context),
    },
  }
}

export function structureTask({ structureText }: Draft, { structureFormat, options }: RecordContext): StructureTask {
  return { text: structureText, format: structureFormat, neutralise: options.neutralise ?? false }
}

export function finishRecord(draft: Draft, outcome: Outcome<DescribedStructure>, context: RecordContext): ParsedRecord {
  if ('value' in outcome) return { compound: { ...outcome.value, ...draft.rest } }
  const raw = context.structureFormat === 'molblock' ? null : draft.structureText
  return { problem: { column: context.roles.smiles, raw, ...outcome.refusal } }
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
    problem: { column: column ?? null, raw: column == null ? null : cell(column), rule, message },
  })
  if (roles.value === null) {
    return refuse(null, 'value.noColumn', 'expected a value, but no column of the table holds values')
  }
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
