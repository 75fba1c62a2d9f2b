/** What jobs used, as rows. Long jobs are kept more coarsely: neighbours are joined when there are too many. */
import type { Peaks } from '../../shared/contract/job-parts.ts'
import type { UsagePoint } from '../../shared/contract/resources.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'

/** Rows a job keeps at most, about as many as a chart has pixels. */
export const MAX_ROWS = 600
/** A pause between two rows that is longer than this many readings is none that a joined row may cover. */
const PAUSE_READINGS = 3

const READING_MS = 1_000
const COLUMNS = `at, readings, cpu_percent AS "cpuPercent", memory_bytes AS "memoryBytes", gpu_percent AS "gpuPercent",
  gpu_memory_bytes AS "gpuMemoryBytes", gpu_temperature AS "gpuTemperatureC", gpu_power AS "gpuPowerWatts"`

export function selectUsage(store: StoreReader, jobId: string, after: number): UsagePoint[] {
  return store.all<UsagePoint>(`SELECT ${COLUMNS} FROM job_usage WHERE job_id = ? AND at > ? ORDER BY at`, [
    jobId,
    after,
  ])
}

/** How many readings a new row of the job stands for: as many as its last one. */
export function rowReadings(store: StoreReader, jobId: string): number {
  return (
    store.one<{ most: number | null }>('SELECT MAX(readings) AS most FROM job_usage WHERE job_id = ?', [jobId])?.most ??
    1
  )
}

/** In one transaction with the peaks of the job and the joining of rows that are too many. */
export function recordUsage(store: StoreWriter, jobId: string, recorded: { rows: UsagePoint[]; peaks: Peaks }): void {
  store.write(() => {
    insert(store, jobId, recorded.rows)
    const before = store.one<{ peaks: string | null }>('SELECT peaks FROM jobs WHERE id = ?', [jobId])
    // It was removed meanwhile.
    if (before === undefined) return
    const known = before.peaks === null ? null : (JSON.parse(before.peaks) as Peaks)
    store.run('UPDATE jobs SET peaks = ? WHERE id = ?', [JSON.stringify(higher(known, recorded.peaks)), jobId])
    const rows = selectUsage(store, jobId, 0)
    if (rows.length <= MAX_ROWS) return
    store.run('DELETE FROM job_usage WHERE job_id = ?', [jobId])
    insert(store, jobId, joinNeighbours(rows))
  })
}

function insert(store: StoreWriter, jobId: string, rows: readonly UsagePoint[]): void {
  for (const row of rows) {
    store.run(
      `INSERT OR REPLACE INTO job_usage (job_id, at, readings, cpu_percent, memory_bytes, gpu_percent, gpu_memory_bytes,
         gpu_temperature, gpu_power)
       SELECT $jobId, $at, $readings, $cpuPercent, $memoryBytes, $gpuPercent, $gpuMemoryBytes, $gpuTemperatureC, $gpuPowerWatts
       WHERE EXISTS (SELECT 1 FROM jobs WHERE id = $jobId)`,
      { jobId, ...row },
    )
  }
}

/** Every two rows as one, but not across a pause. */
export function joinNeighbours(rows: readonly UsagePoint[]): UsagePoint[] {
  const joined: UsagePoint[] = []
  for (let i = 0; i < rows.length; i++) {
    const [row, next] = [rows[i]!, rows[i + 1]]
    const reach = row.at + (row.readings + PAUSE_READINGS) * READING_MS
    if (next === undefined || next.at > reach) joined.push(row)
    else {
      joined.push(joinReadings([row, next]))
      i++
    }
  }
  return joined
}

/** One row for several in a row: means weighted by their readings, of memory the most. */
export function joinReadings(rows: readonly UsagePoint[]): UsagePoint {
  return {
    at: rows[0]!.at,
    readings: rows.reduce((sum, { readings }) => sum + readings, 0),
    cpuPercent: meanOf(rows, 'cpuPercent'),
    memoryBytes: mostOf(rows, 'memoryBytes'),
    gpuPercent: meanOf(rows, 'gpuPercent'),
    gpuMemoryBytes: mostOf(rows, 'gpuMemoryBytes'),
    gpuTemperatureC: mostOf(rows, 'gpuTemperatureC'),
    gpuPowerWatts: meanOf(rows, 'gpuPowerWatts'),
  }
}

export function peaksOf(rows: readonly UsagePoint[]): Peaks {
  return {
    cpuPercent: mostOf(rows, 'cpuPercent'),
    memoryBytes: mostOf(rows, 'memoryBytes'),
    gpuMemoryBytes: mostOf(rows, 'gpuMemoryBytes'),
  }
}

type Figure = Exclude<keyof UsagePoint, 'at' | 'readings'>

function meanOf(rows: readonly UsagePoint[], figure: Figure): number | null {
  let [sum, readings] = [0, 0]
  for (const row of rows) {
    const value = row[figure]
    if (value === null) continue
    sum += value * row.readings
    readings += row.readings
  }
  return readings === 0 ? null : sum / readings
}

function mostOf(rows: readonly UsagePoint[], figure: Figure): number | null {
  return rows.reduce<number | null>((most, row) => highest(most, row[figure]), null)
}

function higher(known: Peaks | null, now: Peaks): Peaks {
  if (known === null) return now
  return {
    cpuPercent: highest(known.cpuPercent, now.cpuPercent),
    memoryBytes: highest(known.memoryBytes, now.memoryBytes),
    gpuMemoryBytes: highest(known.gpuMemoryBytes, now.gpuMemoryBytes),
  }
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
