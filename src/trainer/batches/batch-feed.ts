import { Worker } from 'node:worker_threads'
import type { Fold } from '../../recipes/splits/split.ts'
import type { LabelScale } from '../../recipes/training/labels.ts'
import type { ReadyBatch } from './assemble-batch.ts'
import type { BatchPosition } from './batch-order.ts'
import type { BatchThreadCommand, BatchThreadData, BatchThreadMessage } from './batch-protocol.ts'

interface Waiter {
  resolve(batch: ReadyBatch): void
  reject(error: unknown): void
}

/**
 * The training thread's end of the assembling thread: batches in the order of `batchesFrom`, made while the steps before them run.
 * What it cost to wait for them is measured, not guessed.
 */
export class BatchFeed {
  readonly #thread: Worker
  #stream = 0
  #ready: { readonly batch: ReadyBatch; readonly bytes: number }[] = []
  #waiter: Waiter | null = null
  #failure: { readonly error: unknown } | null = null
  #waitedMs = 0

  constructor(data: BatchThreadData) {
    this.#thread = new Worker(threadFile(), { workerData: data })
    this.#thread.on('message', (message: BatchThreadMessage) => this.#receive(message))
    this.#thread.on('error', error => this.#fail(error))
    this.#thread.on('exit', code => this.#fail(new Error(`the thread that assembles batches ended with code ${code}`)))
  }

  /** Time `next` has spent waiting for batches that were not ready, in milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs
  }

  /** Batches that could be taken at once. */
  get readyCount(): number {
    return this.#ready.length
  }

  /** What `next` gives from now on. Batches of before are dropped. */
  begin(what: { member: number; fold: Fold; scale: LabelScale; from: BatchPosition | 'validation' }): void {
    this.#ready = []
    this.#stream++
    this.#tell({ type: 'begin', stream: this.#stream, ...what })
  }

  /** The next batch; its memory is the caller's. Rejects with what went wrong in the thread. One call at a time. */
  async next(): Promise<ReadyBatch> {
    const known = this.#ready.shift()
    if (known) {
      this.#taken(known.bytes)
      return known.batch
    }
    if (this.#failure) throw this.#failure.error
    if (this.#waiter) throw new Error('a batch is being waited for already')
    const start = performance.now()
    try {
      return await new Promise<ReadyBatch>((resolve, reject) => {
        this.#waiter = { resolve, reject }
      })
    } finally {
      this.#waitedMs += performance.now() - start
    }
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    this.#failure ??= { error: new Error('the feed is closed') }
    await this.#thread.terminate()
  }

  #receive(message: BatchThreadMessage): void {
    if (message.type === 'failed') this.#fail(message.error)
    else if (message.stream === this.#stream) this.#deliver(message) // else made before `begin` was heard
  }

  #deliver({ batch, bytes }: { batch: ReadyBatch; bytes: number }): void {
    const waiter = this.#waiter
    if (!waiter) {
      this.#ready.push({ batch, bytes })
      return
    }
    this.#waiter = null
    this.#taken(bytes)
    waiter.resolve(batch)
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    const waiter = this.#waiter
    this.#waiter = null
    waiter?.reject(this.#failure.error)
  }

  #taken(bytes: number): void {
    this.#tell({ type: 'taken', stream: this.#stream, bytes })
  }

  #tell(command: BatchThreadCommand): void {
    this.#thread.postMessage(command)
  }
}

/** Beside this file: `batch-thread.ts` in the source tree, `batch-thread.js` in the bundle. */
function threadFile(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './batch-thread.ts' : './batch-thread.js', import.meta.url)
}
