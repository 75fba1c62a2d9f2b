/**
 * Brings the files of a run into the store: `metrics.jsonl` into `metrics`, `log.jsonl` into `job_log`. The files are the truth;
 * the rows of a block and the offset behind it are one transaction, so a crash at any moment loses nothing and counts nothing
 * twice. A later line for the same step and name replaces the earlier value, as it does in a run resumed from a checkpoint.
 */
import path from 'node:path'
import { z } from 'zod'
import { logLineSchema } from '../../shared/contract/jobs.ts'
import type { MetricLine } from '../../shared/trainer-protocol.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { JobLog } from './job-log.ts'
import { type FilePosition, type LineBlock, readNewLines } from './jsonl-reader.ts'
import { insertMetricRows } from './metrics-store.ts'
import type { RunAnomalies } from './run-anomalies.ts'

export type RunFile = 'metrics.jsonl' | 'log.jsonl'
export const RUN_FILES: readonly RunFile[] = ['metrics.jsonl', 'log.jsonl']

const metricLineSchema: z.ZodType<MetricLine> = z.strictObject({
  step: z.int().nonnegative(),
  name: z.string().min(1).max(100),
  value: z.number().nullable(),
  at: z.number(),
})
const fileLogLineSchema = logLineSchema.omit({ sequence: true })

export interface TailOptions {
  store: StoreWriter
  log: JobLog
  jobId: string
  runFolder: string
  /** Looks at the rows as they are taken in. */
  anomalies?: RunAnomalies
}

export interface TailReport {
  bytesRead: number
  rows: number
}

/** Reads what both files have gained since the last call. One call at a time for a job. */
export async function readRunFiles(options: TailOptions): Promise<TailReport> {
  const total = { bytesRead: 0, rows: 0 }
  for (const file of RUN_FILES) {
    const report = await readRunFile(file, options)
    total.bytesRead += report.bytesRead
    total.rows += report.rows
  }
  return total
}

async function readRunFile(file: RunFile, options: TailOptions): Promise<TailReport> {
  const { store, log, jobId } = options
  const from = positionOf(store, jobId, file)
  const insert = file === 'metrics.jsonl' ? insertMetrics : insertLog
  let rows = 0
  const { bytesRead } = await readNewLines(path.join(options.runFolder, file), from, {
    restart: sizeBytes =>
      store.write(() => {
        savePosition(store, jobId, file, { bytes: 0, lines: 0 })
        log.append(
          jobId,
          'warn',
          `${file} was cut or replaced: ${sizeBytes} bytes, read before up to ${from.bytes}; reading it again from the start`,
        )
      }),
    take: block => {
      store.write(() => {
        rows += insert(block, file, options)
        savePosition(store, jobId, file, block.end)
      })
      options.anomalies?.committed()
    },
  })
  return { bytesRead, rows }
}

function insertMetrics(block: LineBlock, file: RunFile, { store, log, jobId, anomalies }: TailOptions): number {
  const rows: MetricLine[] = []
  const taken = eachLine(block, file, { log, jobId }, metricLineSchema, line => void rows.push(line))
  insertMetricRows(store, jobId, rows)
  anomalies?.take(rows)
  return taken
}

function insertLog(block: LineBlock, file: RunFile, { log, jobId }: TailOptions): number {
  return eachLine(block, file, { log, jobId }, fileLogLineSchema, line => log.insert(jobId, line))
}

/** A malformed line becomes an error in the run's log that names it, and the next line is read. */
function eachLine<T>(
  block: LineBlock,
  file: RunFile,
  { log, jobId }: Pick<TailOptions, 'log' | 'jobId'>,
  schema: z.ZodType<T>,
  take: (value: T) => void,
): number {
  let taken = 0
  for (const [i, text] of block.lines.entries()) {
    const parsed = parseLine(text, schema)
    if (parsed.ok) {
      take(parsed.value)
      taken++
    } else {
      log.insert(jobId, {
        at: Date.now(),
        level: 'error',
        message: `${file} line ${block.start.lines + i + 1}: ${parsed.problem}`,
      })
    }
  }
  return taken
}

function parseLine<T>(text: string, schema: z.ZodType<T>): { ok: true; value: T } | { ok: false; problem: string } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, problem: `expected one JSON object, got ${JSON.stringify(text.slice(0, 120))}` }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  return { ok: false, problem: z.prettifyError(parsed.error).replaceAll('\n', ' ') }
}

function positionOf(store: StoreWriter, jobId: string, file: RunFile): FilePosition {
  return (
    store.one<FilePosition>('SELECT bytes, lines FROM file_offsets WHERE job_id = ? AND file = ?', [jobId, file]) ?? {
      bytes: 0,
      lines: 0,
    }
  )
}

function savePosition(store: StoreWriter, jobId: string, file: RunFile, { bytes, lines }: FilePosition): void {
  store.run(
    `INSERT INTO file_offsets (job_id, file, bytes, lines) VALUES (?, ?, ?, ?)
     ON CONFLICT (job_id, file) DO UPDATE SET bytes = excluded.bytes, lines = excluded.lines`,
    [jobId, file, bytes, lines],
  )
}
