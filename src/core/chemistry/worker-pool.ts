/**
 * Chemistry workers for bulk work, at most one a core: a worker is forked when a call finds all others busy, and ends when it has
 * had nothing to do for a while. Calls of several jobs take turns, first come, first served.
 */
import type { ChemCallKind, ChemCalls } from '../../shared/chem-protocol.ts'
import { AppError } from '../../shared/errors.ts'
import { CallNotStarted, type CallOptions, type ChemWorker } from './chem-worker.ts'

export interface WorkerPool {
  /** Workers at most. */
  readonly size: number
  /** A call on whichever worker is free; waits for one where none is. */
  call<K extends ChemCallKind>(
    kind: K,
    input: ChemCalls[K]['input'],
    options: CallOptions,
  ): Promise<{ items: ChemCalls[K]['item'][]; result: ChemCalls[K]['result'] }>
  /** Forgets the workers, whose owner ends them; calls that wait for one fail. */
  close(): void
}

export interface WorkerPoolOptions {
  size: number
  idleMs: number
  start(): ChemWorker
}

interface Waiting {
  run(worker: ChemWorker): Promise<void>
  reject(error: unknown): void
}

export function createWorkerPool({ size, idleMs, start }: WorkerPoolOptions): WorkerPool {
  const idle: { worker: ChemWorker; timer: NodeJS.Timeout }[] = []
  const waiting: Waiting[] = []
  let alive = 0
  let closed = false

  function begin(): ChemWorker {
    const worker = start()
    alive++
    void worker.gone.then(() => {
      alive--
      const at = idle.findIndex(entry => entry.worker === worker)
      if (at >= 0) clearTimeout(idle.splice(at, 1)[0]!.timer)
      dispatch()
    })
    return worker
  }

  /** The one used last: the others come to their end. */
  function takeIdle(): ChemWorker | null {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      clearTimeout(entry.timer)
      if (!entry.worker.failed) return entry.worker
    }
    return alive < size ? begin() : null
  }

  function dispatch(): void {
    while (!closed && waiting.length > 0) {
      let worker: ChemWorker | null
      try {
        worker = takeIdle()
      } catch (error) {
        waiting.shift()!.reject(error)
        continue
      }
      if (worker === null) return
      void occupy(worker, waiting.shift()!)
    }
  }

  async function occupy(worker: ChemWorker, next: Waiting): Promise<void> {
    await next.run(worker)
    if (!worker.failed && !closed) {
      const timer = setTimeout(() => retire(worker), idleMs)
      timer.unref()
      idle.push({ worker, timer })
    }
    dispatch()
  }

  function retire(worker: ChemWorker): void {
    const at = idle.findIndex(entry => entry.worker === worker)
    if (at < 0) return
    idle.splice(at, 1)
    void worker.stop()
  }

  return {
    size,
    call: (kind, input, options) =>
      new Promise((resolve, reject) => {
        if (closed) throw new AppError('ERR_4001', 'the application is closing')
        const entry: Waiting = {
          reject,
          run: async worker => {
            try {
              resolve(await worker.call(kind, input, options))
            } catch (error) {
              // The process ended between two calls: this one has done nothing yet.
              if (error instanceof CallNotStarted) waiting.unshift(entry)
              else reject(error)
            }
          },
        }
        waiting.push(entry)
        dispatch()
      }),
    close: () => {
      closed = true
      for (const { timer } of idle.splice(0)) clearTimeout(timer)
      for (const { reject } of waiting.splice(0)) reject(new AppError('ERR_4004', 'the application was closed'))
    },
  }
}
