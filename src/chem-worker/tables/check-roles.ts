import type { ColumnRoles } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'

/** Throws ERR_2002 for a column that is not there, ERR_2001 where one column plays two parts. */
export function checkRoles(roles: ColumnRoles, header: readonly string[]): void {
  const taken = new Map<number, string>()
  for (const [role, column] of Object.entries(roles)) {
    if (column === null || column === undefined) continue
    if (column >= header.length) {
      const message = `there is no column ${column + 1} for ${role}: the table has ${header.length}`
      throw new AppError('ERR_2002', message, { path: `options.roles.${role}` })
    }
    const other = taken.get(column)
    if (other !== undefined) {
      const message = `column ${column + 1} ("${header[column]}") cannot be ${other} and ${role} at once`
      throw new AppError('ERR_2001', message, { path: `options.roles.${role}` })
    }
    taken.set(column, role)
  }
}
