import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import type { Model } from '../../../shared/contract/models.ts'
import { ParityPlot } from '../../components/charts/ParityPlot.tsx'
import { Section } from '../../components/Layout.tsx'
import { fixed, formatWithRange, pXName } from '../../format/affinity.ts'
import { formatCount, formatPercent } from '../../format/quantities.ts'
import { type Language, type Translate, useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { ProbeList } from './ForeignProbes.tsx'
import { fingerprintText, versionName } from './model-words.ts'

/** The card of a model made elsewhere in sentences: above all, what is not known of it. */
export function ForeignCardText({ model, card }: { model: Model; card: ForeignCard }): ReactNode {
  const { t, language } = useT()
  const unit = pXName(card.endpoint)
  const sentences = [
    t('foreignCard.made', {
      producer: card.producer || t('foreignCard.somebody'),
      fingerprint: fingerprintText(card.input, t),
      what: card.target ? `${unit} (${card.target})` : unit,
    }),
    t('foreignCard.unknown'),
    ...measuredSentences(card, { t, language }),
    card.training === null
      ? t('foreignCard.noDomain')
      : t('foreignCard.domain', {
          data: card.training.dataset.name,
          count: card.training.dataset.rows,
          shown: formatCount(card.training.dataset.rows, language),
        }),
    ...(model.simulated ? [t('foreignCard.simulated')] : []),
  ]
  return (
    <>
      <p style={{ margin: 0, fontSize: 14, lineHeight: 1.6, maxWidth: '68ch' }}>
        {sentences.join(language === 'zh-CN' ? '' : ' ')}
      </p>
      {model.licence !== '' && (
        <p className="muted" style={{ margin: 0, maxWidth: '68ch' }}>
          {t('models.licenceIs', { licence: model.licence })}
        </p>
      )}
      {model.note !== '' && <p style={{ margin: 0, maxWidth: '68ch', whiteSpace: 'pre-wrap' }}>{model.note}</p>}
      {card.parity.length > 0 && (
        <Section title={t('foreignCard.parity')}>
          <ParityPlot points={card.parity} unit={unit} fileName={`${versionName(model)}-parity`} />
          <Anchor fz="sm" href={hrefOf({ page: 'models', id: model.id, tab: 'evaluation' })}>
            {t('evaluation.openAll')}
          </Anchor>
        </Section>
      )}
      <Section title={t('foreign.probes')}>
        <ProbeList card={card} />
      </Section>
    </>
  )
}

function measuredSentences(
  { measured, conformal }: ForeignCard,
  words: { t: Translate; language: Language },
): string[] {
  const { t, language } = words
  if (measured === null) return [t('foreignCard.notJudged')]
  const { metrics, seen, dataset, leftOut, coverage } = measured
  const count = (value: number): string => formatCount(value, language)
  const rmse = metrics.rmse === null ? '–' : formatWithRange(metrics.rmse, metrics.intervals?.rmse)
  const judged = t('foreignCard.judged', {
    rmse,
    count: dataset.rows,
    shown: count(dataset.rows),
    data: dataset.name,
  })
  return [
    judged,
    t(`foreignCard.seen.${seen}`),
    ...(leftOut.inTraining > 0
      ? [t('foreignCard.inTraining', { count: leftOut.inTraining, shown: count(leftOut.inTraining) })]
      : []),
    ...(conformal === null
      ? seen === 'yes'
        ? []
        : [t('foreignCard.tooFew')]
      : [
          t('foreignCard.interval', {
            level: formatPercent(conformal.level, language),
            width: fixed(conformal.halfWidth, 2),
          }),
        ]),
    ...(coverage === null ? [] : [t('foreignCard.coverage', { share: formatPercent(coverage.observed, language) })]),
  ]
}
