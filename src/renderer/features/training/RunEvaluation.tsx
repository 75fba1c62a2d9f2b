import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { trainedCard } from '../../../shared/contract/models.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { boundsLeftOut } from '../../components/bounds-left-out.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { LeakageSection, LearnedFromSection, ScramblingSection } from '../../components/EvaluationExtras.tsx'
import { EvaluationViews } from '../../components/evaluation/EvaluationViews.tsx'
import { EmptyNote, Scroll } from '../../components/Layout.tsx'
import { MetricsTable } from '../../components/MetricsTable.tsx'
import { verdictKey } from '../../components/verdict.ts'
import { fixed, formatRange, pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './training.module.css'

/** How good the model of the run is, beside what costs nothing. */
export function RunEvaluation({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const { modelId, result } = job
  // In the trash, or deleted for good, there is nothing to look at any more.
  const model = useApp(state => (modelId ? state.models[modelId] : undefined))
  const answer = useCall(model ? signal => client.models.get({ id: model.id }, { signal }) : null, [model?.id])
  if (!result) return <EmptyNote title={t('training.noResult')} text={t('training.noResultText')} />
  const { rmse, intervals } = result.metrics.test
  const card = answer.data ? trainedCard(answer.data.card) : null
  const leftOut = card ? boundsLeftOut(card.parts) : 0
  return (
    <Scroll label={t('training.tab.evaluation')}>
      <div className={classes.verdict}>
        <span className={classes.figure}>{rmse === null ? '–' : fixed(rmse, 2)}</span>
        {intervals?.rmse && (
          <span className="muted" style={{ fontSize: 16 }} title={t('metrics.intervals')}>
            ({formatRange(intervals.rmse)})
          </span>
        )}
        <span>
          {t('training.testRmseLong')}
          <br />
          <span className="muted">{t(verdictKey(rmse, result.baselines))}</span>
        </span>
      </div>
      <MetricsTable metrics={result.metrics} baselines={result.baselines} />
      {result.scrambling && <ScramblingSection scrambling={result.scrambling} />}
      {result.leakage && <LeakageSection leakage={result.leakage} />}
      {answer.error && <ErrorCard error={answer.error} />}
      {model && (
        <EvaluationViews modelId={model.id} unit={pXName(model.endpoint)} fileName={`${job.name}-${job.number}`} />
      )}
      {card && <LearnedFromSection card={card} />}
      {result.halvings?.map(({ step, parts, items }) => (
        <p key={step} className="muted" style={{ margin: 0 }}>
          {t('training.halved', {
            step: formatCount(step, language),
            parts: formatCount(parts, language),
            items: formatCount(items, language),
          })}
        </p>
      ))}
      {leftOut > 0 && (
        <p className="muted" style={{ margin: 0 }}>
          {t('card.boundsLeftOut', { count: leftOut, shown: formatCount(leftOut, language) })}
        </p>
      )}
    </Scroll>
  )
}
