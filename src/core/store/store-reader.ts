/** The host's side of the store thread. */
import { Worker } from 'node:worker_threads'
import type { Log } from '../../node/log.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreQueries, StoreThreadCommand, StoreThreadData, StoreThreadMessage } from './store-thread.ts'

export interface StoreScans {
  /** One of the thread's queries. An expected failure is the query's AppError; others are bugs and carry the thread's stack. */
  query<K extends keyof StoreQueries>(
    kind: K,
    input: Parameters<StoreQueries[K]>[1],
  ): Promise<ReturnType<StoreQueries[K]>>
  /** Ends the thread when what was asked is answered. Idempotent. */
  close(): Promise<void>
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export function startStoreThread(file: string, log: Log): StoreScans {
  const workerData: StoreThreadData = { file }
  const thread = new Worker(threadFile(), { workerData, execArgv: [], name: 'store' })
  const waiting = new Map<number, Waiting>()
  const gone = new Promise<void>(resolve => thread.once('exit', () => resolve()))
  let nextId = 1
  let closed = false

  function failAll(error: unknown): void {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  thread.on('error', error => {
    log.error({ err: error }, 'the store thread failed')
    closed = true
    failAll(error)
  })
  thread.on('message', (message: StoreThreadMessage) => {
    if (message.type === 'checkpointFailed') {
      log.error({ error: message.error }, 'the write-ahead log could not be folded into the store')
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.type === 'answered') call?.resolve(message.result)
    else call?.reject(failureOf(message))
  })
  const send = (command: StoreThreadCommand): void => thread.postMessage(command)

  return {
    query: (kind, input) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new AppError('ERR_4001', 'the store is closed'))
          return
        }
        const id = nextId++
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject })
        send({ type: 'query', id, kind, input } as StoreThreadCommand)
      }),
    close: async () => {
      if (!closed) send({ type: 'close' })
      closed = true
      await gone
    },
  }
}

function failureOf({ error, stack }: Extract<StoreThreadMessage, { type: 'failed' }>): Error {
  if (error.code !== 'ERR_1001') return AppError.fromBody(error)
  return Object.assign(new Error(error.message), { stack })
}

/** Beside this file: `store-thread.ts` in the source tree, `store-thread.js` in the bundle. */
function threadFile(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './store-thread.ts' : './store-thread.js', import.meta.url)
}
