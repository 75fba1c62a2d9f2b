/**
 * Looks once a second at the processes that work for jobs, from outside, and writes down every ten seconds what they used. Nothing
 * is looked at while no job has a process.
 */
import type { Log } from '../../node/log.ts'
import { PROCESS_USAGE_INTERVAL_MS, type ProcessUsage, readProcessUsage } from '../../node/process-usage.ts'
import type { UsagePoint } from '../../shared/contract/resources.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { GpuMonitor } from '../system/gpu-monitor.ts'
import { joinReadings, peaksOf, recordUsage, rowReadings } from './usage-store.ts'

export interface UsageSampler {
  /** The process that works for a job now; `null`: none. */
  follow(jobId: string, pid: number | null): void
  /** The job has ended, for now: writes down what is not yet. */
  end(jobId: string): void
}

export interface SamplerOptions {
  store: StoreWriter
  log: Log
  gpu?: Pick<GpuMonitor, 'read' | 'processes'>
  /** New rows are there. */
  onRecorded?(jobId: string): void
  /** Shorter for tests. */
  intervalMs?: number
}

const BATCH_READINGS = 10

interface Followed {
  pid: number | null
  last: { usage: ProcessUsage; at: number } | null
  /** Readings that are not in the store yet. */
  waiting: UsagePoint[]
  unrecorded: number
}

export function createUsageSampler(options: SamplerOptions): UsageSampler {
  const { store, log, gpu, onRecorded, intervalMs = PROCESS_USAGE_INTERVAL_MS } = options
  const followed = new Map<string, Followed>()
  let timer: NodeJS.Timeout | undefined
  let looking = false

  function look(): void {
    // A reading that takes long is not joined by another.
    if (looking) return
    looking = true
    readAll()
      .catch((error: unknown) => log.error({ err: error }, 'what jobs use of the machine could not be read'))
      .finally(() => {
        looking = false
      })
  }

  async function readAll(): Promise<void> {
    for (const [jobId, job] of followed) {
      const { pid } = job
      if (pid === null) continue
      const usage = await readProcessUsage(pid)
      // It has ended, or another process has taken over.
      if (usage === null || job.pid !== pid) continue
      const at = Date.now()
      const { last } = job
      job.last = { usage, at: performance.now() }
      if (last === null) continue
      const cpuPercent = (100 * (usage.cpuMs - last.usage.cpuMs)) / (job.last.at - last.at)
      const card = await readCard(pid)
      job.waiting.push({ at, readings: 1, cpuPercent, memoryBytes: usage.residentBytes, ...card })
      job.unrecorded++
      if (job.unrecorded >= BATCH_READINGS && followed.get(jobId) === job) record(jobId, job, false)
    }
  }

  /** Of the card that the process computes on; the busiest where there are several. */
  async function readCard(pid: number): Promise<Omit<UsagePoint, 'at' | 'readings' | 'cpuPercent' | 'memoryBytes'>> {
    const mine = (await gpu?.processes())?.filter(process => process.pid === pid) ?? []
    const cards = mine.length === 0 ? [] : ((await gpu?.read())?.gpus ?? [])
    const [card] = cards
      .filter(({ uuid }) => mine.some(({ gpuUuid }) => gpuUuid === uuid))
      .sort((a, b) => (b.percent ?? 0) - (a.percent ?? 0))
    const memory = mine.flatMap(({ memoryBytes }) => (memoryBytes === null ? [] : [memoryBytes]))
    return {
      gpuPercent: card?.percent ?? null,
      gpuMemoryBytes: memory.length === 0 ? null : memory.reduce((sum, bytes) => sum + bytes, 0),
      gpuTemperatureC: card?.temperatureC ?? null,
      gpuPowerWatts: card?.powerWatts ?? null,
    }
  }

  function record(jobId: string, job: Followed, all: boolean): void {
    if (job.waiting.length === 0) return
    try {
      const peaks = peaksOf(job.waiting)
      recordUsage(store, jobId, { rows: takeRows(job.waiting, rowReadings(store, jobId), all), peaks })
      onRecorded?.(jobId)
    } catch (error) {
      // What a job used is no reason to end it; the rows come with the next batch.
      log.error({ err: error, job: jobId }, 'what a job used of the machine could not be written')
    }
    job.unrecorded = 0
  }

  function watch(): void {
    const someone = [...followed.values()].some(({ pid }) => pid !== null)
    if (someone && timer === undefined) {
      timer = setInterval(look, intervalMs)
      timer.unref()
      look()
    } else if (!someone) {
      clearInterval(timer)
      timer = undefined
    }
  }

  return {
    follow: (jobId, pid) => {
      const job = followed.get(jobId) ?? { pid: null, last: null, waiting: [], unrecorded: 0 }
      followed.set(jobId, job)
      if (job.pid === pid) return
      job.pid = pid
      job.last = null
      watch()
    },
    end: jobId => {
      const job = followed.get(jobId)
      if (job === undefined) return
      followed.delete(jobId)
      record(jobId, job, true)
      watch()
    },
  }
}

/** Takes readings out as rows of as many each; the rest waits, unless it is the last. */
function takeRows(waiting: UsagePoint[], readings: number, all: boolean): UsagePoint[] {
  const rows: UsagePoint[] = []
  while (waiting.length >= readings || (all && waiting.length > 0)) rows.push(joinReadings(waiting.splice(0, readings)))
  return rows
}
