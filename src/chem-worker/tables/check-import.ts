import type { CallHandler } from '../call.ts'
import { checkMemberChosen } from './archives/choose-member.ts'
import { checkRoles } from './check-roles.ts'
import { proposeRoles } from './column-roles.ts'
import { chooseGroups } from './groups.ts'
import { openTable } from './open-table.ts'
import { shownColumns } from './preview-table.ts'
import { resolveRoles, surveyTable } from './survey-table.ts'

/** What an import needs to know before it is worth a job. */
export const checkImport: CallHandler<'checkImport'> = async (input, context) => {
  const layout = await openTable(input, context)
  checkMemberChosen(layout, input.options.member)
  const roles = resolveRoles(layout, input)
  checkRoles(roles, layout.header)
  const survey = await surveyTable(layout, roles, context)
  chooseGroups(survey.groups, input.options)
  const { roles: proposal, unit, endpoint } = proposeRoles(layout, input.fileName)
  return { columns: shownColumns(layout.header), proposal, unit, endpoint }
}
