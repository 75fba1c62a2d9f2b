/** What the user has chosen in the import wizard, and what still has to be chosen. Pure. */
import type { ColumnRoles, Dataset, ImportOptions, TablePreview } from '../../../shared/contract/datasets.ts'

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
] as const satisfies readonly RoleName[]
export const UNITS = ['nM', 'uM', 'mM', 'M', 'pM', 'fM', 'pX', 'kcal/mol', 'kJ/mol'] as const satisfies readonly Unit[]
export const ENDPOINTS = ['Ki', 'Kd', 'IC50', 'EC50', 'dG', 'other'] as const satisfies readonly Dataset['endpoint'][]

export interface Choices {
  roles: Record<RoleName, number | null>
  unit: Unit | null
  endpoint: Dataset['endpoint'] | null
  target: string
  name: string
}

export type Missing = 'smiles' | 'value' | 'endpoint' | 'unit' | 'name'

export function choicesOf(preview: TablePreview): Choices {
  return {
    roles: {
      ...preview.proposal,
      endpoint: preview.proposal.endpoint ?? null,
      target: preview.proposal.target ?? null,
      assay: preview.proposal.assay ?? null,
    },
    unit: preview.unit,
    endpoint: preview.endpoint,
    target: '',
    name: preview.fileName.replace(/\.[^.]+$/, ''),
  }
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
  }
}

/** Options good enough for the preview: what is still missing does not change how a row is read. */
export function previewOptions(choices: Choices): ImportOptions | null {
  return optionsOf({ ...choices, endpoint: choices.endpoint ?? 'other', name: choices.name.trim() || 'preview' })
}
