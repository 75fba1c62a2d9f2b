/** Columns by the names that the user writes, against those that the file has. */
import { parseUnit } from '../shared/affinity.ts'
import type { ColumnRoles, ImportOptions, TablePreview, Unit } from '../shared/contract/datasets.ts'
import { AppError } from '../shared/errors.ts'

export interface ColumnOptions {
  smiles?: string
  value?: string
  id?: string
  relation?: string
  unitColumn?: string
  split?: string
  date?: string
  unit?: Unit
}

/**
 * The roles and the unit of an import: what the user named, else what the preview proposes. ERR_2002 for a name that is not
 * in the file, ERR_2007 where nothing was named and nothing fits.
 */
export function chooseColumns(options: ColumnOptions, preview: TablePreview): Pick<ImportOptions, 'roles' | 'unit'> {
  const { columns, proposal } = preview
  const pick = (name: string | undefined, proposed: number | null, option: string): number | null =>
    name === undefined ? proposed : findColumn(name, columns, option)
  const need = (column: number | null, option: string): number => column ?? missing(option, columns)

  const named = pick(options.value, proposal.value, '--value')
  // Nothing in the table could be meant: its records go into the ledger. Where several could, the user says which.
  const value = named === null && preview.reasons.value === 'content.noNumbers' ? null : need(named, '--value')
  // What was proposed for the unit belongs to the proposed value column and says nothing about another one.
  const ownUnit =
    value === proposal.value ? { column: proposal.unit, unit: preview.unit } : { column: null, unit: null }
  const unit = options.unit ?? ownUnit.unit ?? (value === null ? null : unitInName(columns[value]!))
  const unitColumn = pick(options.unitColumn, options.unit === undefined ? ownUnit.column : null, '--unit-column')
  if (value !== null && unit === null && unitColumn === null) {
    throw new AppError('ERR_2007', `the unit of "${columns[value]}" is not clear: say it with --unit`, {
      path: '--unit',
    })
  }
  const roles: ColumnRoles = {
    smiles: need(pick(options.smiles, proposal.smiles, '--smiles'), '--smiles'),
    value,
    id: pick(options.id, proposal.id, '--id'),
    unit: unitColumn,
    relation: pick(options.relation, proposal.relation, '--relation'),
    split: pick(options.split, proposal.split, '--split'),
    date: pick(options.date, proposal.date ?? null, '--date'),
  }
  return { roles, unit }
}

/** By exact name, else by the name without regard to case and outer blanks, else by position as `#3`. */
export function findColumn(name: string, columns: readonly string[], option: string): number {
  const position = /^#(\d+)$/.exec(name)
  const index = position === null ? -1 : Number(position[1]) - 1
  if (index >= 0 && index < columns.length && !columns.includes(name)) return index

  const fold = (text: string) => text.trim().toLowerCase()
  const exact = columns.flatMap((column, i) => (column === name ? [i] : []))
  const found = exact.length > 0 ? exact : columns.flatMap((column, i) => (fold(column) === fold(name) ? [i] : []))
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const places = found.map(i => `#${i + 1}`).join(', ')
    throw new AppError('ERR_2007', `${option}: ${found.length} columns are called "${name}"; name one as ${places}`, {
      path: option,
      details: { columns: [...columns] },
    })
  }
  throw new AppError('ERR_2002', `${option}: there is no column "${name}"; the file has ${quoted(columns)}`, {
    path: option,
    details: { column: name, columns: [...columns] },
  })
}

function missing(option: string, columns: readonly string[]): never {
  throw new AppError('ERR_2007', `${option}: which column it is cannot be told; the file has ${quoted(columns)}`, {
    path: option,
    details: { columns: [...columns] },
  })
}

const quoted = (columns: readonly string[]): string => columns.map(column => `"${column}"`).join(', ')

const NAMES_OF_PX = /^p(x|ki|kd|k|ic50|ec50|chembl|activity|affinity)$/i

/** The unit that a header such as `Ki [nM]`, `IC50_uM` or `y [pEC50/pKi]` names; `null` where it names none. */
export function unitInName(header: string): Unit | null {
  const words = header.split(/[\s_,;:()[\]{}]+/).filter(word => word !== '')
  if (words.flatMap(word => word.split('/')).some(word => NAMES_OF_PX.test(word))) return 'pX'
  return words.map(parseUnit).find(unit => unit !== null) ?? null
}

/** `--unit`: as units are written in tables, or as one of the names of pX. `null` for anything else. */
export function readUnitOption(text: string): Unit | null {
  return NAMES_OF_PX.test(text) ? 'pX' : parseUnit(text)
}
