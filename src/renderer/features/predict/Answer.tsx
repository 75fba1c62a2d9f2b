import { IconCircleCheck, IconCircleHalf2, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import type { Prediction } from '../../../shared/contract/predictions.ts'
import { useApp } from '../../api/app-store.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { Section } from '../../components/Layout.tsx'
import {
  concentrationOf,
  type Domain,
  domainOf,
  fixed,
  formatConcentration,
  formatPX,
  halfWidthOf,
  pXName,
} from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { Contributions } from './Contributions.tsx'
import { FallbackNote } from './FallbackNote.tsx'
import { IntervalScale } from './IntervalScale.tsx'
import classes from './predict.module.css'
import { ReceiptButtons } from './ReceiptButtons.tsx'

const LOOKS: Record<Domain, readonly [icon: typeof IconCircleCheck, colour: string]> = {
  inside: [IconCircleCheck, 'var(--state-good)'],
  edge: [IconCircleHalf2, 'var(--state-warn)'],
  outside: [IconCircleX, 'var(--state-bad)'],
}

interface AnswerProps {
  prediction: Prediction
  model: Model
  /** Models that were allowed to stand in. */
  fallback: string[]
}

/** The number with its unit, how sure it is, and what it rests on. */
export function Answer({ prediction, model, fallback }: AnswerProps): ReactNode {
  const { t } = useT()
  const bins = useApp(state => (model.datasetId && state.datasets[model.datasetId]?.histogram) || null)
  const unit = pXName(model.endpoint)
  const molar = (pX: number): string => formatConcentration(concentrationOf(pX), 2)
  const half = halfWidthOf(prediction)
  const { lower, upper, domainDistance } = prediction
  const { answeredBy, smiles } = prediction
  return (
    <>
      <FallbackNote answeredBy={answeredBy} />
      <div>
        <div className={classes.figure}>
          <span className={classes.number}>{formatPX(prediction.prediction)}</span>
          <span className={classes.unit}>{unit}</span>
          {half !== null && (
            <span className="muted" style={{ fontSize: 16 }}>
              ± {fixed(half, 2)}
            </span>
          )}
        </div>
        <p style={{ margin: '8px 0 0', fontSize: 14 }}>
          {t(`direction.${model.endpoint}`)} · {t('predict.about', { concentration: molar(prediction.prediction) })}
        </p>
        <p className="muted" style={{ margin: '2px 0 0' }}>
          {lower === null || upper === null
            ? t('predict.noInterval')
            : t('predict.interval', {
                lower: formatPX(lower),
                upper: formatPX(upper),
                weak: molar(lower),
                strong: molar(upper),
              })}
        </p>
      </div>
      <IntervalScale prediction={prediction} bins={bins} unit={unit} />
      <DomainVerdict distance={domainDistance} />
      {prediction.nearest.length > 0 && (
        <Section level={2} title={t(domainDistance === null ? 'predict.nearestMeasured' : 'predict.nearest')}>
          <div className={classes.analogues}>
            {prediction.nearest.slice(0, 3).map(analogue => (
              <figure key={analogue.smiles} className={classes.analogue}>
                <a
                  href={hrefOf({ page: 'predict', id: model.id, tab: 'one', params: { smiles: analogue.smiles } })}
                  title={t('predict.openAnalogue')}
                >
                  <Depiction smiles={analogue.smiles} width={190} height={120} />
                </a>
                <figcaption>
                  <span>
                    {t('predict.measured')} <strong>{formatPX(analogue.pX)}</strong>
                  </span>
                  <span className="muted">{t('predict.similar', { similarity: fixed(analogue.similarity, 2) })}</span>
                </figcaption>
              </figure>
            ))}
          </div>
        </Section>
      )}
      <Contributions modelId={answeredBy.modelId} smiles={smiles} />
      <ReceiptButtons modelId={model.id} smiles={smiles} fallback={fallback} />
    </>
  )
}

/** Whether the model may be believed about the compound; nobody knows where its training compounds are not known. */
function DomainVerdict({ distance }: { distance: number | null }): ReactNode {
  const { t } = useT()
  const domain = distance === null ? null : domainOf(distance)
  const [Icon, colour] = domain === null ? ([IconHelpCircle, 'var(--state-warn)'] as const) : LOOKS[domain]
  return (
    <div className={classes.verdict}>
      <Icon size={18} color={colour} aria-hidden style={{ flex: 'none', marginTop: 1 }} />
      <div>
        <strong style={{ color: colour }}>{t(`domain.${domain ?? 'unknown'}`)}</strong>
        <div className="muted">
          {distance === null || domain === null
            ? t('domain.unknown.text')
            : t(`domain.${domain}.text`, { similarity: fixed(1 - distance, 2) })}
        </div>
      </div>
    </div>
  )
}
