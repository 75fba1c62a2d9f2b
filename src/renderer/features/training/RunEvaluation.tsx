import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { LeakageSection, LearnedFromSection, ScramblingSection } from '../../components/EvaluationExtras.tsx'
import { EmptyNote, Scroll, Section } from '../../components/Layout.tsx'
import { MetricsTable } from '../../components/MetricsTable.tsx'
import { ParityExplorer } from '../../components/ParityExplorer.tsx'
import { verdictKey } from '../../components/verdict.ts'
import { fixed, formatRange, pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './training.module.css'

/** How good the model of the run is, beside what costs nothing. */
export function RunEvaluation({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const { modelId, result } = job
  const dataset = useApp(state => (job.datasetId ? state.datasets[job.datasetId] : undefined))
  const answer = useCall(modelId ? signal => client.models.get({ id: modelId }, { signal }) : null, [modelId])
  if (!result) return <EmptyNote title={t('training.noResult')} text={t('training.noResultText')} />
  const { rmse, intervals } = result.metrics.test
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
      {answer.data && (
        <Section title={t('parity.title')}>
          <ParityExplorer
            points={answer.data.card.parity}
            unit={pXName(answer.data.card.endpoint)}
            fileName={`${job.name}-${job.number}-parity`}
            datasetId={dataset ? dataset.id : null}
          />
        </Section>
      )}
      {answer.data && <LearnedFromSection card={answer.data.card} />}
    </Scroll>
  )
}
