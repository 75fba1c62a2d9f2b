import { known, type Translate } from '../i18n/translate.ts'

/** A preset that every recipe has in the user's language, one of the user's by its name. */
export function presetLabel(name: string, t: Translate): string {
  const key = known(`preset.${name}`)
  return key ? t(key) : name
}
