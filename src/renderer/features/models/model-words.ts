import type { Fingerprint } from '../../../shared/contract/foreign.ts'
import type { Model } from '../../../shared/contract/models.ts'
import { formatCount } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'

/** Whether a model was seen to give the results of its card, in a sentence. */
export function verifiedText({ verification, origin }: Model, words: { t: Translate; language: Language }): string {
  const { t, language } = words
  if (origin === 'foreign') return t('foreignCard.unknown')
  if (verification === null) return origin === 'trained' ? t('models.madeHere') : t('models.unverified')
  if (verification.rows === 0) return t('models.unverified')
  return t('models.verified', { count: verification.rows, shown: formatCount(verification.rows, language) })
}

/** How a version is named: "Thrombin Ki v3". */
export function versionName({ name, version }: Pick<Model, 'name' | 'version'>): string {
  return `${name} v${version}`
}

/** "Morgan fingerprint, radius 2, 2,048 bits" */
export function fingerprintText({ radius, bits, values, chirality }: Fingerprint, t: Translate): string {
  const text = t(`foreign.fingerprint.${values}`, { radius, count: bits })
  return chirality ? t('foreign.withChirality', { fingerprint: text }) : text
}
