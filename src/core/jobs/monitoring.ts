/** Watching runs: their curves and logs, as streams and on demand. */

import type { Anomaly } from '../../shared/contract/anomalies.ts'
import type { LogLine } from '../../shared/contract/jobs.ts'
import type { MetricBatch } from '../../shared/contract/metrics.ts'
import type { UsagePoint } from '../../shared/contract/resources.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { CoreContext } from '../app-context.ts'
import type { Jobs } from './create-jobs.ts'
import { type MetricsWanted, type StreamSources, streamLog, streamMetrics } from './job-streams.ts'
import { provideMetrics } from './metrics-csv.ts'
import type { CurveQuery } from './metrics-curves.ts'
import { createCooldown } from './notice-cooldown.ts'
import { anomaliesOf } from './run-anomalies.ts'
import { selectUsage } from './usage-store.ts'

export interface MonitoringService {
  /** ERR_3002 where there is no such job, at once. */
  metrics(wanted: MetricsWanted, signal?: AbortSignal): AsyncGenerator<MetricBatch, void, void>
  /** ERR_3002 where there is no such job. */
  curves(query: CurveQuery): Promise<MetricBatch>
  /** ERR_3002 where there is no such job. */
  anomalies(id: string): Anomaly[]
  /** What its processes used after a time. ERR_3002 where there is no such job. */
  usage(id: string, after: number): UsagePoint[]
  /** Tells everybody of one that was just found, and pauses the run where the settings say so. */
  anomalyFound(id: string, anomaly: Anomaly): void
  /** ERR_3002 where there is no such job, at once. */
  log(id: string, after: number, signal?: AbortSignal): AsyncGenerator<LogLine[], void, void>
}

export interface MonitoringDeps {
  context: Pick<CoreContext, 'store' | 'scans' | 'downloads' | 'events' | 'settings'>
  jobs: Pick<Jobs, 'rows' | 'runLog' | 'signals' | 'pause'>
}

export function createMonitoring({ context, jobs }: MonitoringDeps): MonitoringService {
  const { store, scans, downloads, events, settings } = context
  const sources: StreamSources = { store, scans, jobs: jobs.rows, log: jobs.runLog, signals: jobs.signals }
  const mayTell = createCooldown()
  provideMetrics({ store, downloads, rows: jobs.rows })
  return {
    metrics: (wanted, signal) => {
      // Here, not in the stream: what a stream throws does not cross a wire as what it is.
      jobs.rows.get(wanted.jobId)
      return streamMetrics(sources, wanted, signal)
    },
    curves: query => {
      jobs.rows.get(query.jobId)
      return scans.query('curves', query)
    },
    anomalies: id => {
      jobs.rows.get(id)
      return anomaliesOf(store, id)
    },
    usage: (id, after) => {
      jobs.rows.get(id)
      return selectUsage(store, id, after)
    },
    anomalyFound: (id, anomaly) => {
      const { rule, severity, metric, step } = anomaly
      const cause = jobCause('anomaly', { rule, metric, step })
      jobs.runLog.append(id, severity === 'critical' ? 'error' : 'warn', cause)
      events.publish({ type: 'anomaly.found', jobId: id, anomaly, notify: mayTell(id, anomaly) })
      if (!settings.read().pauseOn.includes(rule) || jobs.rows.find(id)?.state !== 'running') return
      jobs.pause(id, { actor: 'host', cause })
    },
    log: (id, after, signal) => {
      jobs.rows.get(id)
      return streamLog(sources, id, after, signal)
    },
  }
}
