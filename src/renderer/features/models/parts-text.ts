/** What a model is made of, as a sentence of its card. Pure. */
import type { ModelCard } from '../../../shared/contract/models.ts'
import { formatPercent } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'

/** Weights closer to 0 or 1 than this are told as such. */
const NOTHING = 0.005

export function partsText(parts: ModelCard['parts'], { t, language }: { t: Translate; language: Language }): string {
  const [strongest, other] = [...parts].sort((a, b) => b.weight - a.weight)
  if (!strongest) return ''
  const first = t(`card.part.${strongest.recipe}`)
  if (!other) return t(`card.only.${strongest.recipe}`)
  const second = t(`card.part.${other.recipe}`)
  if (other.weight < NOTHING) return t('card.oneOfTwo', { first, second })
  return t('card.joined', {
    first,
    second,
    share: formatPercent(strongest.weight, language),
    rest: formatPercent(1 - strongest.weight, language),
  })
}
