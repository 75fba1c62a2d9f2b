import type { ReactNode } from 'react'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import type { Model } from '../../../shared/contract/models.ts'
import { EvaluationViews } from '../../components/evaluation/EvaluationViews.tsx'
import { EmptyNote, Facts, Section } from '../../components/Layout.tsx'
import { fixed, formatRange, pXName } from '../../format/affinity.ts'
import { formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { versionName } from './model-words.ts'

const FIGURES = ['rmse', 'mae', 'r2', 'pearson', 'spearman'] as const

/** How a model made elsewhere did on the compounds it was registered with. */
export function ForeignEvaluation({ model, card }: { model: Model; card: ForeignCard }): ReactNode {
  const { t, language } = useT()
  const { measured } = card
  if (measured === null) return <EmptyNote title={t('foreign.notJudged')} text={t('foreign.notJudgedText')} />
  const { metrics, baselines, coverage, seen, dataset } = measured
  const floor = (value: number | null): string => (value === null ? '–' : fixed(value, 2))
  return (
    <>
      <Section title={t('foreign.figures', { data: dataset.name })}>
        <p style={{ margin: 0, maxWidth: '68ch' }}>{t(`foreignCard.seen.${seen}`)}</p>
        <Facts
          items={[
            [t('metrics.n'), String(metrics.n)],
            ...FIGURES.map(name => {
              const [value, range] = [metrics[name], metrics.intervals?.[name]]
              const shown = value === null ? '–' : fixed(value, 2)
              return [t(`metrics.${name}`), range ? `${shown} (${formatRange(range)})` : shown] as const
            }),
            [`${t('metrics.rmse')}: ${t('floor.mean')}`, floor(baselines.mean)],
            baselines.nearest === null
              ? null
              : [`${t('metrics.rmse')}: ${t('floor.nearest')}`, floor(baselines.nearest)],
            coverage === null
              ? null
              : [
                  t('foreign.coverage', { level: formatPercent(coverage.level, language) }),
                  formatPercent(coverage.observed, language),
                ],
          ]}
        />
      </Section>
      <EvaluationViews modelId={model.id} unit={pXName(card.endpoint)} fileName={versionName(model)} />
    </>
  )
}
