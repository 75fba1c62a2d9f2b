/** All migrations in order. A released one is never edited; the schema changes by adding the next number. */
import { initial } from './0001-initial.ts'
import { dates } from './0002-dates.ts'
import { datasetVersions } from './0003-dataset-versions.ts'
import { metricSeries } from './0004-metric-series.ts'
import { predictions } from './0005-predictions.ts'
import { presets } from './0006-presets.ts'
import { jobQueue } from './0007-job-queue.ts'
import { rowOrders } from './0008-row-orders.ts'
import { modelRegistry } from './0009-model-registry.ts'
import { importRecords } from './0010-import-records.ts'
import { anomalies } from './0011-anomalies.ts'
import { jobUsage } from './0012-job-usage.ts'

export interface Migration {
  /** Counts up from 1 without gaps; stored in `PRAGMA user_version`. */
  version: number
  name: string
  sql: string
}

export const MIGRATIONS: readonly Migration[] = [
  initial,
  dates,
  datasetVersions,
  metricSeries,
  predictions,
  presets,
  jobQueue,
  rowOrders,
  modelRegistry,
  importRecords,
  anomalies,
  jobUsage,
]
