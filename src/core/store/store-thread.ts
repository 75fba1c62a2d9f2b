/**
 * A worker thread of the host beside the store: it answers scans on a read-only handle and moves the write-ahead log into the
 * file. Both would hold the host's event loop: a search over a million rows for half a second, a checkpoint for as long as
 * the disk takes to sync (20 to 100 ms measured).
 */
import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { type ErrorBody, toErrorBody } from '../../shared/errors.ts'
import { selectDatasetBytes } from '../datasets/dataset-store.ts'
import { selectLedger, selectLedgerRules, selectSpreadGroups } from '../datasets/ledger-queries.ts'
import { selectRows } from '../datasets/row-query.ts'
import { selectRowStatistics } from '../datasets/versions/row-statistics.ts'
import { selectVersionDiff } from '../datasets/versions/version-diff.ts'
import { selectNoise, selectPoints, selectScaffolds } from '../explore/explore-queries.ts'
import { selectLoggedLines } from '../jobs/logged-lines.ts'
import { selectCurves, selectCurvesSince } from '../jobs/metrics-curves.ts'
import { selectBest, selectLines, selectResult } from '../predictions/result-query.ts'
import { describeSplit, selectSplit } from '../splits/select-split.ts'
import { selectIntegrity } from '../system/integrity-query.ts'
import { openReadOnlyStore } from './open-store.ts'

export interface StoreThreadData {
  file: string
}

/** What the thread answers, by name. */
const QUERIES = {
  rows: selectRows,
  ledger: selectLedger,
  ledgerRules: selectLedgerRules,
  spreadGroups: selectSpreadGroups,
  predictions: selectResult,
  split: selectSplit,
  splitDescription: describeSplit,
  predictionLines: selectLines,
  predictionsBest: selectBest,
  rowStatistics: selectRowStatistics,
  versionDiff: selectVersionDiff,
  datasetBytes: selectDatasetBytes,
  scaffolds: selectScaffolds,
  points: selectPoints,
  noise: selectNoise,
  curves: selectCurves,
  curvesSince: selectCurvesSince,
  loggedLines: selectLoggedLines,
  integrity: selectIntegrity,
} as const
export type StoreQueries = typeof QUERIES

export type StoreThreadCommand =
  | {
      [K in keyof StoreQueries]: { type: 'query'; id: number; kind: K; input: Parameters<StoreQueries[K]>[1] }
    }[keyof StoreQueries]
  | { type: 'close' }
export type StoreThreadMessage =
  | { type: 'answered'; id: number; result: unknown }
  | { type: 'failed'; id: number; error: ErrorBody; stack: string | undefined }
  | { type: 'checkpointFailed'; error: ErrorBody }

const CHECKPOINT_INTERVAL_MS = 500
/** SQLite's own default of 1,000 pages. */
const CHECKPOINT_BYTES = 4 * 1024 ** 2

if (parentPort === null) throw new Error('the store thread is started by the host')
const port = parentPort
const { file } = workerData as StoreThreadData
const reader = openReadOnlyStore(file)
// A checkpoint writes, though it changes nothing that can be read.
const checkpointer = new Database(file, { fileMustExist: true })
const timer = setInterval(checkpoint, CHECKPOINT_INTERVAL_MS)

port.on('message', (command: StoreThreadCommand) => {
  if (command.type === 'query') answer(command)
  else close()
})

function answer(command: Extract<StoreThreadCommand, { type: 'query' }>): void {
  const { id, kind, input } = command
  try {
    // The input belongs to the kind, which TypeScript cannot follow through the table.
    const query = QUERIES[kind] as (store: typeof reader, input: unknown) => unknown
    post({ type: 'answered', id, result: query(reader, input) })
  } catch (error) {
    post({ type: 'failed', id, error: toErrorBody(error), stack: error instanceof Error ? error.stack : undefined })
  }
}

function checkpoint(): void {
  try {
    if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) < CHECKPOINT_BYTES) return
    // Passive: takes what it can without making the writer wait.
    checkpointer.pragma('wal_checkpoint(PASSIVE)')
  } catch (error) {
    post({ type: 'checkpointFailed', error: toErrorBody(error) })
  }
}

function close(): void {
  clearInterval(timer)
  reader.close()
  checkpointer.close()
  port.close()
}

function post(message: StoreThreadMessage): void {
  port.postMessage(message)
}
