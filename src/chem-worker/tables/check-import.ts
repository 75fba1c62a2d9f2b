import type { CallHandler } from '../call.ts'
import { checkMemberChosen } from './archives/choose-member.ts'
import { checkRoles } from './check-roles.ts'
import { openTable } from './open-table.ts'

/** What an import needs to know before it is worth a job. */
export const checkImport: CallHandler<'checkImport'> = async (input, context) => {
  const layout = await openTable(input, context)
  checkMemberChosen(layout, input.options.member)
  checkRoles(input.options.roles, layout.header)
  return null
}
