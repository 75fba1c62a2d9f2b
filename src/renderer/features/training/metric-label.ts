import { known, type Translate } from '../../i18n/translate.ts'

/** What people call a metric; its own name where they have no word for it. */
export function metricLabel(name: string, t: Translate): string {
  const key = known(`metric.${name}`)
  return key ? t(key) : name
}
