import { readCause } from '../../../shared/job-causes.ts'
import { known, type Translate } from '../../i18n/translate.ts'

/** Why a job changed its state, in the user's language; the message of an error as it stands. */
export function causeText(cause: string, t: Translate): string {
  const read = readCause(cause)
  if (read === null) return cause
  const { name, values } = read
  const rule = known(`anomaly.${values.rule}`)
  return t(`cause.${name}`, rule === null ? values : { ...values, rule: t(rule) })
}
