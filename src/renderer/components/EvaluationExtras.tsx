import type { ReactNode } from 'react'
import type { Leakage, Scrambling } from '../../shared/contract/evaluation.ts'
import type { ModelCard, SplitPart } from '../../shared/contract/models.ts'
import { fixed } from '../format/affinity.ts'
import { formatCount, formatPercent } from '../format/quantities.ts'
import { type Language, type Translate, useT } from '../i18n/translate.ts'
import { Histogram } from './charts/Histogram.tsx'
import { Facts, Section } from './Layout.tsx'

/** How close the test compounds are to what was learned from: an error on near copies says little about new series. */
export function LeakageSection({ leakage }: { leakage: Leakage }): ReactNode {
  const { t, language } = useT()
  const { n, mean, median, histogram, shareAbove90, identical } = leakage
  if (mean === null || median === null || shareAbove90 === null) return null
  return (
    <Section title={t('leakage.title')}>
      <p style={{ margin: 0, maxWidth: '68ch' }}>
        {t('leakage.text', {
          mean: fixed(mean, 2),
          median: fixed(median, 2),
          count: n,
          shown: formatCount(n, language),
        })}{' '}
        {t('leakage.close', { share: formatPercent(shareAbove90, language) })}
        {identical > 0 && ` ${t('leakage.identical', { count: identical, shown: formatCount(identical, language) })}`}
      </p>
      <Histogram bins={{ min: 0, max: 1, counts: histogram }} unit={t('leakage.axis')} />
    </Section>
  )
}

/** What a cheap model makes of labels in random order, beside what it makes of them as they are. */
export function ScramblingSection({ scrambling }: { scrambling: Scrambling }): ReactNode {
  const { t, language } = useT()
  const { unscrambled, repeats, rows } = scrambling
  const chance = repeats.flatMap(({ r2 }) => r2 ?? [])
  if (unscrambled.r2 === null || chance.length === 0) return null
  const best = Math.max(...chance)
  const mean = chance.reduce((sum, value) => sum + value, 0) / chance.length
  return (
    <Section title={t('scrambling.title')}>
      <p style={{ margin: 0, maxWidth: '68ch' }}>
        {t('scrambling.text', { count: repeats.length, rows: formatCount(rows, language) })}{' '}
        <strong>{t(unscrambled.r2 > best ? 'scrambling.clear' : 'scrambling.unclear')}</strong>
      </p>
      <Facts
        items={[
          [t('scrambling.asIs'), `R² ${fixed(unscrambled.r2, 2)}`],
          [t('scrambling.mean'), `R² ${fixed(mean, 2)}`],
          [t('scrambling.best'), `R² ${fixed(best, 2)}`],
        ]}
      />
    </Section>
  )
}

/** Which rows stand behind each figure and the weights. */
export function LearnedFromSection({ card }: { card: ModelCard }): ReactNode {
  const { t, language } = useT()
  const { learnedFrom, metrics, conformal } = card
  if (!learnedFrom) return null
  const from = (parts: readonly SplitPart[], rows: number): string =>
    t('learned.from', { parts: partNames(parts, { t, language }), count: rows, shown: formatCount(rows, language) })
  return (
    <Section title={t('learned.title')}>
      <Facts
        items={[
          [t('learned.weights'), from(learnedFrom.weights, learnedFrom.weightRows)],
          [t('learned.test', { n: metrics.test.n }), from(learnedFrom.testFigures, learnedFrom.testFigureRows)],
          [t('learned.validation', { n: metrics.validation.n }), t('learned.leftOut')],
          [t('learned.interval', { n: conformal.calibrationRows }), t('learned.leftOut')],
        ]}
      />
      {card.refitOf && (
        <p className="muted" style={{ margin: 0, maxWidth: '68ch' }}>
          {t('learned.refit')}
        </p>
      )}
    </Section>
  )
}

function partNames(parts: readonly SplitPart[], { t, language }: { t: Translate; language: Language }): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(
    parts.map(part => t(`part.${part}`).toLowerCase()),
  )
}
