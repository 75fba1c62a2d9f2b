import { type ReactNode, useCallback, useMemo } from 'react'
import type { Anomaly } from '../../../shared/contract/anomalies.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import type { ChartMark } from '../../components/charts/line-options.ts'
import type { Series } from '../../components/charts/series.ts'
import { type Translate, useT } from '../../i18n/translate.ts'
import { CurvePanels } from './CurvePanels.tsx'
import { RunAnomalies } from './RunAnomalies.tsx'
import type { WatchedRun } from './use-curves.ts'

const NONE: readonly Anomaly[] = []

/** How a run goes: its curves, with the floors its error must beat. */
export function RunCharts({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const found = useApp(state => state.found[job.id])
  const { data } = useCall(signal => client.jobs.anomalies({ id: job.id }, { signal }), [job.id, job.state, found])
  // That there are none, as most often, is no reason to draw the charts again.
  const anomalies = data !== undefined && data.length > 0 ? data : NONE
  const jobs = useMemo(() => [job], [job])
  const marks = useCallback(
    (metric: string, runs: readonly WatchedRun[]): ChartMark[] => {
      const members = memberMarks(runs[0]?.curves.series.get('member'), t)
      const odd = anomalies.filter(each => each.metric === metric).map(each => anomalyMark(each, t))
      if (metric.startsWith('gp.')) return odd
      return metric === 'validation.rmse' ? [...floorMarks(job, t), ...members, ...odd] : [...members, ...odd]
    },
    [job, anomalies, t],
  )
  return (
    <>
      <RunAnomalies anomalies={anomalies} />
      <CurvePanels jobs={jobs} marks={marks} />
      {job.train?.recipe === 'tanimoto-gp' && <p className="muted">{t('chart.fitText')}</p>}
    </>
  )
}

function anomalyMark({ rule, severity, step }: Anomaly, t: Translate): ChartMark {
  return { label: t(`anomaly.${rule}`), value: step, axis: 'x', tone: severity === 'critical' ? 'bad' : 'warn' }
}

/** The floors are those of the test compounds: a validation error far above them will not beat them. */
function floorMarks({ result }: Job, t: Translate): ChartMark[] {
  if (!result) return []
  const { nearest, mean } = result.baselines
  return [
    ...(nearest.rmse === null ? [] : [{ label: t('floor.nearest.test'), value: nearest.rmse, axis: 'y' as const }]),
    ...(mean.rmse === null ? [] : [{ label: t('floor.mean.test'), value: mean.rmse, axis: 'y' as const }]),
  ]
}

/** Where one model of an ensemble ends and the next begins. */
function memberMarks(member: Series | undefined, t: Translate): ChartMark[] {
  const marks: ChartMark[] = []
  if (!member) return marks
  for (let index = 1; index < member.length; index++) {
    if (member.y(index) === member.y(index - 1)) continue
    marks.push({ label: t('chart.member', { n: member.y(index) }), value: member.x(index - 1), axis: 'x' })
  }
  return marks
}
