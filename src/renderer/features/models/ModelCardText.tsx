import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Model, ModelCard } from '../../../shared/contract/models.ts'
import { boundsLeftOut } from '../../components/bounds-left-out.ts'
import { ParityPlot } from '../../components/charts/ParityPlot.tsx'
import { LearnedFromSection } from '../../components/EvaluationExtras.tsx'
import { Facts, Section } from '../../components/Layout.tsx'
import { verdictKey } from '../../components/verdict.ts'
import { fixed, formatPX, formatWithRange, pXName } from '../../format/affinity.ts'
import { formatCount, formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { verifiedText, versionName } from './model-words.ts'
import { partsText } from './parts-text.ts'

/** The card in sentences: what it was made of, what to expect, where not to trust it. */
export function ModelCardText({ model, card }: { model: Model; card: ModelCard }): ReactNode {
  const { t, language } = useT()
  const unit = pXName(card.endpoint)
  const { split, conformal, labels, metrics, baselines } = card
  const learned = card.learnedFrom?.weightRows ?? split.train.length
  const leftOut = boundsLeftOut(card.parts)
  const count = (value: number): string => formatCount(value, language)
  const sentences = [
    t('card.trained', {
      count: learned,
      shown: count(learned),
      data: card.dataset.name,
      what: card.target ? `${unit} (${card.target})` : unit,
    }),
    partsText(card.parts, { t, language }),
    metrics.test.rmse === null
      ? t('card.noTest')
      : t('card.expect', {
          rmse: formatWithRange(metrics.test.rmse, metrics.test.intervals?.rmse),
          count: metrics.test.n,
          shown: count(metrics.test.n),
        }),
    t(verdictKey(metrics.test.rmse, baselines)),
    t('card.interval', {
      level: formatPercent(conformal.level, language),
      width: fixed(conformal.halfWidth, 2),
      count: conformal.calibrationRows,
      shown: count(conformal.calibrationRows),
    }),
    t('card.labels', { min: formatPX(labels.min), max: formatPX(labels.max), unit }),
    ...(leftOut > 0 ? [t('card.boundsLeftOut', { count: leftOut, shown: count(leftOut) })] : []),
    ...(card.refitOf ? [t('card.refit')] : []),
    ...(card.dataset.simulated ? [t('card.simulated')] : []),
  ]
  return (
    <>
      <p style={{ margin: 0, fontSize: 14, lineHeight: 1.6, maxWidth: '68ch' }}>
        {sentences.join(language === 'zh-CN' ? '' : ' ')}
      </p>
      <p className="muted" style={{ margin: 0, maxWidth: '68ch' }}>
        {verifiedText(model, { t, language })}
        {model.licence !== '' && ` ${t('models.licenceIs', { licence: model.licence })}`}
      </p>
      {model.note !== '' && <p style={{ margin: 0, maxWidth: '68ch', whiteSpace: 'pre-wrap' }}>{model.note}</p>}
      <Section title={t('parity.title')}>
        <ParityPlot points={card.parity} unit={unit} fileName={`${versionName(model)}-parity`} />
        <Anchor fz="sm" href={hrefOf({ page: 'models', id: model.id, tab: 'evaluation' })}>
          {t('evaluation.openAll')}
        </Anchor>
      </Section>
      <LearnedFromSection card={card} />
      <Section title={t('card.split')}>
        <Facts
          items={[
            [t('training.split'), t(`split.${split.kind}`)],
            [t('part.train'), count(split.train.length)],
            [t('part.validation'), count(split.validation.length)],
            [t('part.test'), count(split.test.length)],
            [t('card.labelsTitle'), `${formatPX(labels.mean)} ± ${fixed(labels.sd, 2)} ${unit}`],
            [
              t('card.intervalTitle'),
              `± ${fixed(conformal.halfWidth, 2)} (${formatPercent(conformal.level, language)})`,
            ],
          ]}
        />
      </Section>
    </>
  )
}
