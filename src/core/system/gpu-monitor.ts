/** What the machine's NVIDIA cards are doing, asked no more often than somebody wants to know and never where there are none. */
import {
  type GpuProcess,
  type GpuReading,
  type RunSmi,
  readGpuProcesses,
  readGpus,
  type SmiAnswer,
} from '../../node/nvidia-smi.ts'

export interface GpuState {
  /** `null`: there are none, or they could not be asked. */
  gpus: readonly GpuReading[] | null
  /** Why they could not be asked. */
  problem: string | null
}

export interface GpuMonitor {
  /** Not older than a second. Never rejects. */
  read(): Promise<GpuState>
  /** Which processes compute on which card, not older than five seconds; none where nobody can tell. Never rejects. */
  processes(): Promise<readonly GpuProcess[]>
}

export interface GpuMonitorOptions {
  run?: RunSmi
  now?: () => number
}

const CARDS_MS = 900
const PROCESSES_MS = 4_500
/** A driver that does not answer is not asked every second. */
const AFTER_FAILURE_MS = 60_000

export function createGpuMonitor({ run, now = () => performance.now() }: GpuMonitorOptions = {}): GpuMonitor {
  let absent = false

  function keptFor<T>(freshMs: number, ask: () => Promise<SmiAnswer<T>>): () => Promise<SmiAnswer<T>> {
    let last: { answer: Promise<SmiAnswer<T>>; until: number } | null = null
    return () => {
      if (absent) return Promise.resolve({ state: 'absent' })
      if (last !== null && now() < last.until) return last.answer
      const mine = { answer: ask(), until: Number.POSITIVE_INFINITY }
      last = mine
      void mine.answer.then(({ state }) => {
        // Installing a driver takes a new start of the machine, or of Bindery at least.
        if (state === 'absent') absent = true
        mine.until = now() + (state === 'failed' ? AFTER_FAILURE_MS : freshMs)
      })
      return mine.answer
    }
  }

  const cards = keptFor(CARDS_MS, () => readGpus(run))
  const processes = keptFor(PROCESSES_MS, () => readGpuProcesses(run))
  return {
    read: async () => {
      const answer = await cards()
      return {
        gpus: answer.state === 'read' ? answer.value : null,
        problem: answer.state === 'failed' ? answer.message : null,
      }
    },
    processes: async () => {
      const answer = await processes()
      return answer.state === 'read' ? answer.value : []
    },
  }
}
