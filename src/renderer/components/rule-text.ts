import { known, type Translate } from '../i18n/translate.ts'

/** A rule in the reader's language where there is a text for it, else the application's own words. */
export function ruleText({ rule, message }: { rule: string; message: string }, t: Translate): string {
  const key = known(`rule.${rule}`)
  return key ? t(key) : message
}

export function isKnownRule({ rule }: { rule: string }): boolean {
  return known(`rule.${rule}`) !== null
}
