/** Facts of an import that not every file has, in words; '' where there is nothing to say. */
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { Translate } from '../../i18n/translate.ts'

type Summary = Dataset['summary']

/** Values that are bounds or approximate are kept as such and trained on as such. */
export function boundsText(summary: Summary, t: Translate): string {
  const parts = (['weakerThan', 'strongerThan', 'approximate'] as const).map(name => {
    const count = countOf(summary, name)
    return count === 0 ? null : t(`data.bounds.${name}`, { count })
  })
  return parts.filter(part => part !== null).join(', ')
}

export function replicatesText(summary: Summary, t: Translate): string {
  const groups = countOf(summary, 'replicateGroups')
  if (groups === 0) return ''
  const spread = countOf(summary, 'groupsSpreadOver1Log')
  const text = t('data.replicates.groups', { count: groups })
  return spread === 0 ? text : `${text}, ${t('data.replicates.spread', { count: spread })}`
}

function countOf(summary: Summary, name: string): number {
  const value = summary?.[name]
  return typeof value === 'number' ? value : 0
}
