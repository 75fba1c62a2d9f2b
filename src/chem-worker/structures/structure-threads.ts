/** Structures read by several threads of this process at once. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import type { Outcome } from '../structure-reader.ts'
import type { DescribedStructure, Structures } from './read-structures.ts'
import type { StructureAnswer, StructureBatch } from './structure-thread.ts'

/** A toolkit takes some 100 MiB; more threads than this would take the process to its limit. */
const MAX_THREADS = 6
/** Batches that wait at a thread beside the one it works on, so that it never has to. */
const AHEAD = 2

/** One a core. */
export function usualThreads(): number {
  return Math.min(MAX_THREADS, availableParallelism())
}

export function startStructureThreads(count: number): Structures {
  const threads = Array.from({ length: count }, () => new StructureThread())
  return {
    width: count * (1 + AHEAD),
    read: tasks => threads.reduce((least, next) => (next.waiting < least.waiting ? next : least)).read(tasks),
    close: async reason => void (await Promise.all(threads.map(thread => thread.end(reason)))),
  }
}

interface Waiting {
  resolve(outcomes: Outcome<DescribedStructure>[]): void
  reject(error: unknown): void
}

class StructureThread {
  readonly #worker = new Worker(threadFile(), { execArgv: [], name: 'structures' })
  readonly #waiting = new Map<number, Waiting>()
  #failure: unknown = null
  #nextId = 1

  constructor() {
    this.#worker.on('message', ({ id, outcomes }: StructureAnswer) => {
      this.#waiting.get(id)?.resolve(outcomes)
      this.#waiting.delete(id)
    })
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(ended()))
  }

  /** Batches it has not answered. */
  get waiting(): number {
    return this.#waiting.size
  }

  read(tasks: StructureBatch['tasks']): Promise<Outcome<DescribedStructure>[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure)
        return
      }
      const batch: StructureBatch = { id: this.#nextId++, tasks }
      this.#waiting.set(batch.id, { resolve, reject })
      this.#worker.postMessage(batch)
    })
  }

  async end(reason: unknown = ended()): Promise<void> {
    this.#fail(reason)
    await this.#worker.terminate()
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}

function ended(): AppError {
  return new AppError('ERR_9001', 'a thread that reads structures ended')
}

/** Beside this file: `structure-thread.ts` in the source tree, `structure-thread.js` in the bundle. */
function threadFile(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './structure-thread.ts' : './structure-thread.js', import.meta.url)
}
