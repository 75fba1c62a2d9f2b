/** What the user has chosen in the import wizard, and what still has to be chosen. Pure. */
import type {
  ColumnRoles,
  Dataset,
  DuplicatePolicy,
  ImportOptions,
  TableGroup,
  TablePreview,
} from '../../../shared/contract/datasets.ts'

export type RoleName = keyof ColumnRoles
export type Unit = NonNullable<ImportOptions['unit']>

export const ROLES = [
  'smiles',
  'value',
  'id',
  'unit',
  'relation',
  'endpoint',
  'target',
  'assay',
  'split',
  'date',
] as const satisfies readonly RoleName[]
export const UNITS = ['nM', 'uM', 'mM', 'M', 'pM', 'fM', 'pX', 'kcal/mol', 'kJ/mol'] as const satisfies readonly Unit[]
export const ENDPOINTS = ['Ki', 'Kd', 'IC50', 'EC50', 'dG', 'other'] as const satisfies readonly Dataset['endpoint'][]

/** The policies of `duplicatePolicySchema`. */
export const DUPLICATES = ['median', 'all', 'agreeing'] as const satisfies readonly DuplicatePolicy['keep'][]

export interface Choices {
  roles: Record<RoleName, number | null>
  unit: Unit | null
  endpoint: Dataset['endpoint'] | null
  target: string
  /** One of the table's assays, or `ALL_ASSAYS`. */
  assay: string
  name: string
  /** The table of an archive, the sheet of a workbook. */
  member: string | null
  sheet: string | null
  decimalMark: '.' | ',' | null
  dateOrder: 'day' | 'month' | null
  neutralise: boolean
  duplicates: DuplicatePolicy['keep']
  /** Of `agreeing`: how far apart values may lie. */
  conflictLog: number
  groups: readonly TableGroup[]
  /** The columns that `groups` were read from; where another one is chosen, they say nothing. */
  groupColumns: Record<GroupDimension, number | null>
}

export type GroupDimension = 'target' | 'endpoint' | 'assay'
export const ALL_ASSAYS = '*'

export type Missing = 'smiles' | 'value' | 'target' | 'endpoint' | 'unit' | 'name'

export function choicesOf(preview: TablePreview): Choices {
  const { endpoint = null, target = null, assay = null, date = null } = preview.proposal
  const groupColumns = { endpoint, target, assay }
  return {
    roles: { ...preview.proposal, ...groupColumns, date },
    unit: preview.unit,
    endpoint: preview.endpoint,
    target: '',
    assay: ALL_ASSAYS,
    name: preview.fileName.replace(/\.[^.]+$/, ''),
    member: preview.member ?? null,
    sheet: preview.sheet ?? null,
    decimalMark: null,
    dateOrder: null,
    neutralise: false,
    duplicates: 'median',
    conflictLog: 1,
    groups: preview.groups ?? [],
    groupColumns,
  }
}

/** The same with what was chosen for the last table of these columns. */
export function choicesAsBefore(preview: TablePreview, { roles, ...before }: ImportOptions): Choices {
  const { keep, ...rest } = before.duplicates ?? { keep: 'median' as const }
  const { endpoint = null, target = null, assay = null, date = null } = roles
  const proposed = choicesOf(preview)
  return {
    ...proposed,
    roles: { ...roles, endpoint, target, assay, date },
    unit: before.unit,
    endpoint: before.endpoint,
    decimalMark: before.decimalMark ?? null,
    dateOrder: before.dateOrder ?? null,
    neutralise: before.neutralise ?? false,
    duplicates: keep,
    conflictLog: 'conflictLog' in rest ? rest.conflictLog : proposed.conflictLog,
  }
}

export interface GroupName {
  name: string
  records: number
}

const ORDER = ['target', 'endpoint', 'assay'] as const satisfies readonly GroupDimension[]

/**
 * What the table names in a dimension under the choices before it (target, then endpoint, then assay), the most frequent first.
 * Fewer than two names leave nothing to choose.
 */
export function groupNames(choices: Choices, dimension: GroupDimension): GroupName[] {
  if (choices.roles[dimension] !== choices.groupColumns[dimension]) return []
  const before = ORDER.slice(0, ORDER.indexOf(dimension))
  const names = new Map<string, GroupName>()
  for (const group of choices.groups) {
    const name = group[dimension]
    const isLeft = before.every(each => groupNames(choices, each).length < 2 || isChosen(choices, each, group[each]))
    if (name === null || !isLeft) continue
    const known = names.get(fold(name))
    if (known) known.records += group.records
    else names.set(fold(name), { name, records: group.records })
  }
  return [...names.values()].sort((a, b) => b.records - a.records)
}

/** As long as nothing is chosen, everything is left. */
function isChosen(choices: Choices, dimension: GroupDimension, name: string | null): boolean {
  const chosen = choices[dimension]
  if (chosen === null || chosen === '' || chosen === 'other') return true
  return name !== null && fold(name) === fold(chosen)
}

function fold(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

/** Another target or endpoint has other assays. */
export function chooseGroup(choices: Choices, changes: Partial<Pick<Choices, 'target' | 'endpoint'>>): Choices {
  const next = { ...choices, ...changes }
  return groupNames(next, 'assay').some(({ name }) => name === next.assay) ? next : { ...next, assay: ALL_ASSAYS }
}

/** Gives a column a role. A column plays one part only, so its former part is vacant; the role leaves its former column. */
export function assignRole(choices: Choices, role: RoleName, column: number | null): Choices {
  const roles = { ...choices.roles }
  if (column !== null) for (const name of ROLES) if (roles[name] === column) roles[name] = null
  roles[role] = column
  return { ...choices, roles }
}

export function roleOf(choices: Choices, column: number): RoleName | null {
  return ROLES.find(role => choices.roles[role] === column) ?? null
}

export function missingChoices(choices: Choices): Missing[] {
  const missing: Missing[] = []
  if (choices.roles.smiles === null) missing.push('smiles')
  if (choices.roles.value === null) missing.push('value')
  if (groupNames(choices, 'target').length > 1 && choices.target === '') missing.push('target')
  if (choices.endpoint === null) missing.push('endpoint')
  if (choices.unit === null && choices.roles.unit === null) missing.push('unit')
  if (choices.name.trim() === '') missing.push('name')
  return missing
}

/** The options of the call, or `null` while something is missing. */
export function optionsOf(choices: Choices): ImportOptions | null {
  const { smiles, value, ...others } = choices.roles
  if (missingChoices(choices).length > 0 || smiles === null || value === null || !choices.endpoint) return null
  return {
    roles: { smiles, value, ...others },
    unit: choices.unit,
    endpoint: choices.endpoint,
    target: choices.target.trim() || null,
    name: choices.name.trim(),
    ...(groupNames(choices, 'assay').length > 1 ? { assay: choices.assay } : {}),
    decimalMark: choices.decimalMark,
    dateOrder: choices.dateOrder,
    neutralise: choices.neutralise,
    duplicates:
      choices.duplicates === 'agreeing'
        ? { keep: 'agreeing', conflictLog: choices.conflictLog }
        : { keep: choices.duplicates },
    ...(choices.member === null ? {} : { member: choices.member }),
    ...(choices.sheet === null ? {} : { sheet: choices.sheet }),
  }
}

/** Options good enough for the preview: what is still missing does not change how a row is read. */
export function previewOptions(choices: Choices): ImportOptions | null {
  const groups = choices.target === '' ? [] : choices.groups
  // As long as no kind is chosen, none is the wrong one.
  const roles = choices.endpoint === null ? { ...choices.roles, endpoint: null } : choices.roles
  const endpoint = choices.endpoint ?? 'other'
  return optionsOf({ ...choices, roles, groups, endpoint, name: choices.name.trim() || 'preview' })
}
