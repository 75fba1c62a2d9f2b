/** Reads a whole table: every record becomes a row, joins one, or is rejected, and each that is not taken as it is has a reason. */
import type { DuplicatePolicy } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImportedLedgerEntry, ImportItem, ImportResult } from '../../shared/table-protocol.ts'
import type { CallContext, CallHandler } from '../call.ts'
import { structuresHere } from '../structures/read-structures.ts'
import { startStructureThreads, usualThreads } from '../structures/structure-threads.ts'
import { checkMemberChosen } from './archives/choose-member.ts'
import { checkRoles } from './check-roles.ts'
import { dateOrderOf } from './dates.ts'
import { decimalMarkOf } from './decimal-mark.ts'
import { chooseGroups } from './groups.ts'
import { ImportStatistics } from './import-statistics.ts'
import { openTable } from './open-table.ts'
import { parseRecords } from './parse-records.ts'
import type { Compound, Problem, RecordContext } from './record-parser.ts'
import type { TableLayout, TableRow } from './record-reader.ts'
import { Conflicts, type MergedGroup, type Replicate, Replicates, spreadOf } from './replicates.ts'
import { resolveRoles, surveyTable } from './survey-table.ts'
import { readRecords } from './table-records.ts'

type Context = CallContext<ImportItem>

/** Text of a cell that is kept for people to recognise it by. */
const MAX_RAW = 200
const MAX_ID = 255
const MAX_KEPT_CELL = 64 * 1024
const MAX_NAMED_LINES = 5
const MAX_VALUES = 20
/** Records from which on threads of their own are sooner done than one reader. */
const WORTH_THREADS = 1_000

type ConflictingValues = NonNullable<ReturnType<Conflicts['of']>>

export const importTable: CallHandler<'importTable'> = async (input, context) => {
  const layout = await openTable(input, context)
  checkMemberChosen(layout, input.options.member)
  const roles = resolveRoles(layout, input)
  checkRoles(roles, layout.header)
  const survey = await surveyTable(layout, roles, context)
  const importer = new Importer(context, layout.header, input.options.duplicates)
  const record: RecordContext = {
    options: input.options,
    header: layout.header,
    structureFormat: layout.structureFormat,
    roles,
    choice: chooseGroups(survey.groups, input.options),
    decimalMark: input.options.decimalMark ?? decimalMarkOf(survey.evidence),
    dateOrder: input.options.dateOrder ?? dateOrderOf(survey.dates),
  }
  const structures =
    survey.records < WORTH_THREADS ? structuresHere(context.reader) : startStructureThreads(usualThreads())
  // Batches that wait at the threads are worth a second: nobody waits for them any more.
  const giveUp = (): void => void structures.close(context.signal.reason)
  context.signal.addEventListener('abort', giveUp)
  try {
    for await (const part of parseRecords(readRecords(layout, roles), record, structures)) {
      if ('ignored' in part) await importer.ignore(part.ignored)
      else await importer.take(part.record, part.parsed)
      context.progress(importer.statistics.counts.read, survey.records)
    }
  } finally {
    context.signal.removeEventListener('abort', giveUp)
    await structures.close()
  }
  return importer.finish(layout, input.options)
}

class Importer {
  readonly statistics = new ImportStatistics()
  readonly #replicates: Replicates
  /** Where conflicting values are left out, no record is settled before the last one is read. */
  readonly #conflicts: Conflicts | null
  readonly #waiting: string[] = []
  readonly #context: Context
  readonly #header: readonly string[]
  #rows = 0

  constructor(context: Context, header: readonly string[], policy?: DuplicatePolicy) {
    this.#context = context
    this.#header = header
    this.#replicates = new Replicates(policy)
    this.#conflicts = policy?.keep === 'agreeing' ? new Conflicts(policy.conflictLog) : null
  }

  async ignore(lines: { line: number; rule: string; raw: string | null; message: string }): Promise<void> {
    await this.#note({ ...lines, fate: 'ignored', column: null })
  }

  async take(row: TableRow, parsed: { compound: Compound } | { problem: Problem }): Promise<void> {
    if ('problem' in parsed) {
      const { column, message, ...problem } = parsed.problem
      this.statistics.reject()
      const where = row.record === undefined ? '' : `record ${row.record}: `
      const entry = { ...problem, message: `${where}${message}` }
      await this.#note({ line: row.line, fate: 'rejected', column: this.#nameOf(column), ...entry })
      await this.#keepRejected(row.line, row.cells)
      return
    }
    const { compound } = parsed
    if (this.#conflicts === null) {
      await this.#settle(row.line, compound)
      return
    }
    this.#conflicts.add(replicateOf(row.line, compound))
    // As text it takes a fraction of what it takes as objects.
    this.#waiting.push(JSON.stringify({ line: row.line, compound, cells: row.cells }))
  }

  async #settle(line: number, compound: Compound): Promise<void> {
    const joined = this.#replicates.add(replicateOf(line, compound), this.#rows)
    if (joined === null) await this.#keep(line, compound)
    else await this.#merge(line, compound, joined)
    const { dateProblem } = compound
    if (dateProblem === null) return
    const fate = joined === null ? 'altered' : 'merged'
    await this.#note({ ...dateProblem, line, fate, column: this.#nameOf(dateProblem.column) })
  }

  async #settleWaiting(conflicts: Conflicts): Promise<void> {
    for (const text of this.#waiting) {
      const { line, compound, cells } = JSON.parse(text) as { line: number; compound: Compound; cells: string[] }
      const conflict = conflicts.of(replicateOf(line, compound))
      if (conflict === null) await this.#settle(line, compound)
      else {
        await this.#dropConflict(line, compound, conflict)
        await this.#keepRejected(line, cells)
      }
    }
  }

  async #dropConflict(line: number, compound: Compound, conflict: ConflictingValues): Promise<void> {
    const others = conflict.lines.filter(other => other !== line)
    const shown = others.slice(0, MAX_NAMED_LINES).join(', ') + (others.length > MAX_NAMED_LINES ? ' …' : '')
    const range = `${conflict.lowest.toFixed(3)} … ${conflict.highest.toFixed(3)}`
    this.statistics.reject()
    await this.#note({
      line,
      fate: 'rejected',
      column: null,
      raw: compound.affinity.raw,
      rule: 'duplicate.conflict',
      message: `pX ${compound.affinity.pX.toFixed(3)}: the values of this structure disagree (pX ${range}; also line ${shown})`,
    })
  }

  async finish(layout: TableLayout, options: Parameters<ImportStatistics['result']>[1]): Promise<ImportResult> {
    const { counts } = this.statistics
    if (this.#conflicts !== null) await this.#settleWaiting(this.#conflicts)
    // Where all were rejected the ledger says why, and that is what there is to correct.
    if (counts.read === 0) throw new AppError('ERR_8002', 'no record of the table can be used: it has no records')
    for (const group of this.#replicates.merged()) {
      this.statistics.replace(group)
      await this.#context.emit({ type: 'merged', index: group.index, pX: group.pX, date: group.date })
      await this.#note(groupEntry(group))
    }
    return this.statistics.result(layout, options, this.#replicates)
  }

  async #keep(line: number, compound: Compound): Promise<void> {
    const { structure, affinity } = compound
    const isAltered = structure.changes.length > 0
    this.statistics.use(isAltered || compound.dateProblem !== null ? 'altered' : 'accepted', compound)
    await this.#context.emit({
      type: 'row',
      index: this.#rows++,
      line,
      id: compound.id === null ? null : compound.id.slice(0, MAX_ID),
      smiles: structure.smiles,
      structureKey: structure.structureKey,
      scaffold: compound.scaffold,
      pX: affinity.pX,
      relation: affinity.relation,
      rawValue: affinity.raw.slice(0, MAX_RAW),
      unit: affinity.unit,
      uncertainty: affinity.uncertainty,
      split: compound.split === null ? null : compound.split.slice(0, MAX_ID),
      date: compound.date,
    })
    if (isAltered) await this.#note(alteredEntry(line, structure))
  }

  async #merge(line: number, compound: Compound, joinedLine: number): Promise<void> {
    this.statistics.use('merged', compound)
    await this.#note({
      line,
      fate: 'merged',
      column: null,
      raw: compound.affinity.raw,
      rule: 'duplicate.merged',
      message: `the same structure as in line ${joinedLine}; its value is taken into that row`,
    })
  }

  /** As far as it is not a file of its own. */
  async #keepRejected(line: number, cells: string[]): Promise<void> {
    const kept = cells.map(cell => (cell.length > MAX_KEPT_CELL ? cell.slice(0, MAX_KEPT_CELL) : cell))
    await this.#context.emit({ type: 'rejected', line, cells: kept })
  }

  async #note(entry: Omit<ImportedLedgerEntry, 'type'>): Promise<void> {
    await this.#context.emit({ type: 'ledger', ...entry, raw: entry.raw === null ? null : shortened(entry.raw) })
  }

  #nameOf(column: number | null): string | null {
    return column === null ? null : (this.#header[column] ?? `column ${column + 1}`)
  }
}

function replicateOf(line: number, { structure, affinity, split, date }: Compound): Replicate {
  return { structureKey: structure.structureKey, split, relation: affinity.relation, pX: affinity.pX, line, date }
}

function alteredEntry(line: number, structure: Compound['structure']): Omit<ImportedLedgerEntry, 'type'> {
  const removed = structure.removed.length === 0 ? '' : `removed ${structure.removed.join('.')}; `
  return {
    line,
    fate: 'altered',
    column: null,
    raw: structure.removed.length === 0 ? null : structure.removed.join('.'),
    rule: structure.changes[0] ?? 'structure.altered',
    message: shortened(`${removed}kept ${structure.smiles}`),
  }
}

function groupEntry(group: MergedGroup): Omit<ImportedLedgerEntry, 'type'> {
  const values = [...group.values].sort((a, b) => a - b).map(value => value.toFixed(3))
  const measured = group.kind === 'exact' || group.kind === 'approximate'
  const what = measured ? 'the median' : 'the tightest bound'
  const spread = spreadOf(group)
  return {
    line: group.line,
    fate: 'accepted',
    column: null,
    raw: shortList(values),
    rule: spread !== null ? 'duplicate.spread' : measured ? 'duplicate.median' : 'duplicate.tightestBound',
    message:
      `pX ${group.pX.toFixed(3)}, ${what} of ${values.length} records of this structure` +
      (spread === null ? '' : `, which lie ${spread.toFixed(2)} log units apart`),
  }
}

/** The lowest and the highest value always among them. */
function shortList(values: readonly string[]): string {
  const shown =
    values.length <= MAX_VALUES ? values : [...values.slice(0, MAX_VALUES / 2), '…', ...values.slice(-MAX_VALUES / 2)]
  return shown.join('; ')
}

function shortened(text: string): string {
  return text.length > MAX_RAW ? `${text.slice(0, MAX_RAW - 1)}…` : text
}
