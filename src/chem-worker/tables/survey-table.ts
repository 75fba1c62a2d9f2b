/** Goes through a table once for what only the whole of it tells. */
import type { ColumnRoles, ImportOptions, TableGroup } from '../../shared/contract/datasets.ts'
import { proposeRoles } from './column-roles.ts'
import { type DateEvidence, weighDateOf } from './dates.ts'
import { type DecimalEvidence, weighRow } from './decimal-mark.ts'
import { type GroupRoles, GroupSurvey } from './groups.ts'
import { isBlank, type TableLayout } from './record-reader.ts'
import { readRecords } from './table-records.ts'

export interface TableSurvey {
  /** How the column of values writes its decimal mark. */
  evidence: DecimalEvidence
  /** How the column of dates orders day and month. */
  dates: DateEvidence
  /** How much there is to do. */
  records: number
  groups: TableGroup[]
}

export interface SurveyedRoles extends GroupRoles {
  smiles: number
  date?: number | null | undefined
}

export async function surveyTable(
  layout: TableLayout,
  roles: SurveyedRoles,
  context: { breathe: () => Promise<void>; progress: (done: number, total: number | null) => void },
): Promise<TableSurvey> {
  const evidence = { commas: 0, points: 0 }
  const dates = { dayFirst: 0, monthFirst: 0 }
  const groups = new GroupSurvey(roles)
  let records = 0
  for await (const part of readRecords(layout, roles)) {
    if (!('record' in part) || isBlank(part.record)) continue
    records++
    weighRow(evidence, part.record, roles.value)
    weighDateOf(dates, part.record, roles.date)
    groups.add(part.record)
    context.progress(0, null)
    await context.breathe()
  }
  return { evidence, dates, records, groups: groups.groups() }
}

/**
 * The columns of groups that the options leave out are those that would be proposed, unless they play another part: a host that
 * does not know of them must not pool what its user did not see.
 */
export function resolveRoles(
  layout: TableLayout,
  { options, fileName }: { options: ImportOptions; fileName: string },
): ColumnRoles {
  const { roles } = options
  const proposed = proposeRoles(layout, fileName).roles
  const taken = new Set(Object.values(roles))
  const find = (role: 'target' | 'endpoint' | 'assay'): number | null => {
    const column = roles[role] === undefined ? (proposed[role] ?? null) : roles[role]
    return roles[role] === undefined && taken.has(column) ? null : column
  }
  return { ...roles, target: find('target'), endpoint: find('endpoint'), assay: find('assay') }
}
