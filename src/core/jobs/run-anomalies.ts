/** Watches the rows of a run as they are taken in, writes down what looks wrong in the same transaction, and tells of it afterwards. */
import type { Anomaly } from '../../shared/contract/anomalies.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'
import { createAnomalyDetector, type FoundAnomaly } from './anomaly-detector.ts'
import type { MetricRow } from './metrics-store.ts'

export interface RunAnomalies {
  /** Within the transaction that takes the rows in. */
  take(rows: readonly MetricRow[]): void
  /** After its commit. */
  committed(): void
}

export interface RunAnomaliesOptions {
  store: StoreWriter
  jobId: string
  onFound(anomaly: Anomaly): void
}

/** Points of each curve that a detector is given to know what is usual, where a run goes on. */
const REMEMBERED = 400

export function watchAnomalies({ store, jobId, onFound }: RunAnomaliesOptions): RunAnomalies {
  const detector = createAnomalyDetector()
  // What it says of them was said when they came.
  detector.take(lastRows(store, jobId))
  let fresh: Anomaly[] = []

  function write(found: FoundAnomaly): void {
    const at = Date.now()
    const inserted = store.run(
      `INSERT INTO anomalies (job_id, rule, severity, metric, step, value, typical, at)
       VALUES ($jobId, $rule, $severity, $metric, $step, $value, $typical, $at)
       ON CONFLICT (job_id, rule, metric, step) DO NOTHING`,
      { jobId, ...found, at },
    )
    if (inserted > 0) fresh.push({ ...found, at })
  }

  return {
    take: rows => {
      for (const found of detector.take(rows)) write(found)
    },
    committed: () => {
      const told = fresh
      fresh = []
      for (const anomaly of told) onFound(anomaly)
    },
  }
}

/** Newest last. */
export function anomaliesOf(store: StoreReader, jobId: string): Anomaly[] {
  return store.all<Anomaly>(
    'SELECT rule, severity, metric, step, value, typical, at FROM anomalies WHERE job_id = ? ORDER BY id LIMIT 1000',
    [jobId],
  )
}

function lastRows(store: StoreReader, jobId: string): MetricRow[] {
  const series = store.all<{ id: number; name: string }>('SELECT id, name FROM metric_series WHERE job_id = ?', [jobId])
  return series
    .flatMap(({ id, name }) =>
      store
        .all<{ step: number; value: number | null }>(
          `SELECT step, value FROM metric_points WHERE series_id = ? ORDER BY step DESC LIMIT ${REMEMBERED}`,
          [id],
        )
        .map(point => ({ ...point, name })),
    )
    .sort((a, b) => a.step - b.step)
}
