import type { ChemCommand, ChemMessage } from '../shared/chem-protocol.ts'
import { AppError, toErrorBody } from '../shared/errors.ts'
import type { CallContext, CallHandlers } from './call.ts'
import type { StructureReader } from './structure-reader.ts'

type Call = Extract<ChemCommand, { type: 'call' }>

const BLOCK_ITEMS = 256
/** Work done before waiting messages are looked at: how late a cancel can take effect, beside the item in hand. */
const SLICE_MS = 20
const PROGRESS_MS = 100

interface Running {
  readonly call: Call
  readonly cancelled: AbortController
  /** Blocks the host still takes; without limit unless the call is paced. */
  credit: number
  wake: () => void
}

export interface CallQueue {
  take(command: ChemCommand): void
  /** Cancels everything; resolves when nothing runs any more. */
  drain(): Promise<void>
}

/** Answers calls one at a time, in order. */
export function createCallQueue(
  reader: StructureReader,
  handlers: CallHandlers,
  send: (message: ChemMessage) => void,
): CallQueue {
  const waiting: Running[] = []
  let current: Running | null = null
  let idle = Promise.resolve()

  async function runAll(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      current = next
      await answer(next, reader, handlers, send)
    }
    current = null
  }

  function find(requestId: number): Running | undefined {
    return [current, ...waiting].find(running => running?.call.requestId === requestId) ?? undefined
  }

  return {
    take(command) {
      if (command.type === 'call') {
        const credit = command.paced ? 1 : Infinity
        waiting.push({ call: command, cancelled: new AbortController(), credit, wake: () => undefined })
        if (!current && waiting.length === 1) idle = runAll()
        return
      }
      const running = find(command.requestId)
      if (!running) return
      if (command.type === 'cancel') {
        // Before it is given up, which may have threads to end and files to remove.
        send({ type: 'acknowledged', requestId: command.requestId })
        cancel(running)
      } else running.credit += command.blocks
      running.wake()
    },
    async drain() {
      for (const running of [current, ...waiting]) {
        if (!running) continue
        cancel(running)
        running.wake()
      }
      await idle
    },
  }
}

function cancel(running: Running): void {
  running.cancelled.abort(new AppError('ERR_4004', 'The call was cancelled'))
}

async function answer(
  running: Running,
  reader: StructureReader,
  handlers: CallHandlers,
  send: (message: ChemMessage) => void,
): Promise<void> {
  const { requestId, kind, input } = running.call
  const stream = createItemStream(running, send)
  try {
    // The union of inputs and the table of handlers are keyed by the same kind, which TypeScript cannot follow.
    const handler = handlers[kind] as ((input: unknown, context: CallContext<unknown>) => Promise<unknown>) | undefined
    if (!handler) throw new AppError('ERR_2001', `The chemistry worker knows no call "${String(kind)}"`)
    stream.checkCancelled()
    const result = await handler(input, { reader, ...stream })
    await stream.flush()
    send({ type: 'answered', requestId, result })
  } catch (error) {
    if (!(error instanceof AppError)) console.error(error)
    send({ type: 'failed', requestId, error: toErrorBody(error) })
  }
}

function createItemStream(running: Running, send: (message: ChemMessage) => void) {
  const { requestId } = running.call
  let items: unknown[] = []
  let sent = 0
  let sliceStart = performance.now()
  let lastProgress = -Infinity

  function checkCancelled(): void {
    running.cancelled.signal.throwIfAborted()
  }

  async function flush(): Promise<void> {
    if (items.length === 0) return
    while (running.credit <= 0) {
      await new Promise<void>(resolve => {
        running.wake = resolve
      })
      checkCancelled()
    }
    running.credit--
    send({ type: 'items', requestId, from: sent, items })
    sent += items.length
    items = []
  }

  async function breathe(): Promise<void> {
    if (performance.now() - sliceStart >= SLICE_MS) {
      await new Promise(resolve => setImmediate(resolve))
      sliceStart = performance.now()
    }
    checkCancelled()
  }

  return {
    signal: running.cancelled.signal,
    checkCancelled,
    flush,
    breathe,
    async emit(item: unknown): Promise<void> {
      items.push(item)
      if (items.length >= BLOCK_ITEMS || performance.now() - sliceStart >= SLICE_MS) await flush()
      await breathe()
    },
    progress(done: number, total: number | null): void {
      if (performance.now() - lastProgress < PROGRESS_MS && done !== total) return
      lastProgress = performance.now()
      send({ type: 'progress', requestId, done, total })
    },
  }
}
