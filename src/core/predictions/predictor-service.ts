/**
 * The predictor process: one, started when it is first needed. A few questions are on their way to it at a time, so that it never
 * waits for the next; single ones go before those of tables. When it crashes or falls silent it is started again after
 * 1, 2, 4 … 60 s; only what it was working on counts that crash, and is asked once more, since asking twice does no harm.
 */
import type { Log } from '../../node/log.ts'
import type { RecordBlock } from '../../shared/chem-protocol.ts'
import { AppError } from '../../shared/errors.ts'
import {
  HEARTBEAT_MS,
  type PredictedBlock,
  type PredictorCommand,
  type PredictorStats,
  VALUE_COLUMNS,
} from '../../shared/predictor-protocol.ts'
import { type ChildEnd, type ChildTimeouts, SupervisedChild } from '../jobs/supervised-child.ts'
import type { ForkChild } from '../processes/child.ts'
import { type HeardPredictorMessage, predictorMessageSchema } from './predictor-messages.ts'

export interface PredictorService {
  /** One row a record. ERR_7001 where the model cannot be loaded, ERR_9001 after a second crash, ERR_9002 after the deadline. */
  predict(question: Question, options?: AskOptions): Promise<PredictedBlock>
  /** Loads a model before it is asked. Fails as `predict` does. */
  load(modelFolder: string, options?: AskOptions): Promise<void>
  /** Lets go of a model's files. */
  unload(modelFolder: string): void
  status(): PredictorStatus
  /** Ends the process and waits until it is gone. Idempotent. */
  close(): Promise<void>
}

export interface Question {
  modelFolder: string
  records: RecordBlock
  nearest: number
}

export interface AskOptions {
  signal?: AbortSignal
  deadlineMs?: number
  /** Part of a table: single questions go first. */
  bulk?: boolean
}

export interface PredictorStatus {
  state: 'idle' | 'starting' | 'running' | 'waiting'
  pid: number | null
  restarts: number
  /** Of the process that runs, as it last said; `null` before its first word. */
  stats: PredictorStats | null
  /** When it is started again after a crash, where it waits for that. */
  nextStartAt: number | null
}

export interface PredictorOptions {
  fork: ForkChild
  log: Log
  /** From the moment the process begins with it. */
  deadlineMs?: number
  backOff?: { firstMs: number; mostMs: number }
  /** A process that has said nothing for so long is ended. */
  silenceMs?: number
  timeouts?: Partial<ChildTimeouts>
}

type Command = Extract<PredictorCommand, { requestId: number }>

interface Request {
  command: Command
  bulk: boolean
  crashes: number
  deadlineMs: number
  resolve(block: PredictedBlock | null): void
  reject(error: unknown): void
  settled: boolean
}

const DEADLINE_MS = 60_000
const BACK_OFF = { firstMs: 1_000, mostMs: 60_000 }
/** Three heartbeats missed. */
const SILENCE_MS = 3 * HEARTBEAT_MS + 1_000
/** Questions on their way: the second is there when the first is answered. */
const ON_THEIR_WAY = 2
/** How long it may take to end by itself once its channel is closed. */
const CLOSE_GRACE_MS = 2_000

export function createPredictor(options: PredictorOptions): PredictorService {
  const backOff = options.backOff ?? BACK_OFF
  const silenceMs = options.silenceMs ?? SILENCE_MS
  const waiting: { single: Request[]; bulk: Request[] } = { single: [], bulk: [] }
  /** In the order in which the process answers; it works on the first. */
  let asked: Request[] = []
  let child: SupervisedChild<HeardPredictorMessage> | null = null
  let deadline: NodeJS.Timeout | undefined
  let silence: NodeJS.Timeout | undefined
  let restart: { timer: NodeJS.Timeout; at: number } | null = null
  let stats: PredictorStats | null = null
  let nextId = 1
  let crashes = 0
  let restarts = 0
  let closed = false

  function startChild(): void {
    stats = null
    const started: SupervisedChild<HeardPredictorMessage> = new SupervisedChild({
      child: options.fork('predictor'),
      schema: predictorMessageSchema,
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
      listener: {
        ready: () => {
          listen()
          askNext()
        },
        message: message => {
          listen()
          receive(message)
        },
        output: (stream, line) => options.log.info({ child: 'predictor', pid: started.pid, stream }, line),
      },
    })
    child = started
    void started.gone.then(end => {
      child = null
      clearTimeout(silence)
      onGone(end)
    })
  }

  function listen(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      options.log.warn({ pid: child?.pid, silenceMs }, 'the predictor has fallen silent and is ended')
      child?.kill()
    }, silenceMs)
    silence.unref()
  }

  function nextWaiting(): Request | undefined {
    for (const queue of [waiting.single, waiting.bulk]) {
      for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
        if (!request.settled) return request
      }
    }
    return undefined
  }

  function askNext(): void {
    while (!closed && asked.length < ON_THEIR_WAY) {
      if (waiting.single.length + waiting.bulk.length === 0) return
      if (child === null) {
        if (restart === null) startChild()
        return
      }
      if (!child.isReady) return
      const request = nextWaiting()
      if (request === undefined) return
      asked.push(request)
      if (asked.length === 1) armDeadline()
      child.send(request.command)
    }
  }

  /** Runs for the question in hand: the one behind it has not begun. */
  function armDeadline(): void {
    clearTimeout(deadline)
    const [request] = asked
    if (request === undefined) return
    deadline = setTimeout(() => {
      // It may be stuck in native code, where it hears nothing: the process goes, the next question gets a new one.
      const { deadlineMs } = request
      request.reject(new AppError('ERR_9002', `the predictor did not answer within ${deadlineMs} ms`))
      child?.kill()
    }, request.deadlineMs)
  }

  function receive(message: HeardPredictorMessage): void {
    if (message.type === 'heartbeat') {
      stats = message.stats
      return
    }
    if (asked[0]?.command.requestId !== message.requestId) return
    const request = asked.shift()!
    armDeadline()
    crashes = 0
    if (message.type === 'failed') request.reject(AppError.fromBody(message.error))
    else if (message.type === 'loaded') request.resolve(null)
    else answer(request, message)
    askNext()
  }

  function answer({ command, resolve, reject }: Request, { values, nearest }: PredictedBlock): void {
    const expected = command.type === 'predict' ? command.records.lengths.length : 0
    if (values.length === VALUE_COLUMNS.length * expected) resolve({ values, nearest })
    else reject(new Error(`${expected} records, ${values.length} numbers`))
  }

  function onGone(end: ChildEnd): void {
    clearTimeout(deadline)
    const [inHand, ...behind] = asked
    asked = []
    if (closed) {
      for (const request of inHand === undefined ? [] : [inHand, ...behind]) request.reject(closing())
      return
    }
    for (const request of behind.toReversed()) putBack(request)
    if (inHand !== undefined) again(inHand, end)
    crashes++
    restarts++
    const delayMs = Math.min(backOff.mostMs, backOff.firstMs * 2 ** (crashes - 1))
    const { code, signal, lastErrors } = end
    options.log.warn({ code, signal, lastErrors, delayMs }, 'the predictor ended; it is started again when needed')
    // A process that does not even become ready answers nobody: those who wait are told, not kept.
    if (!end.wasReady) {
      const all = [...waiting.single.splice(0), ...waiting.bulk.splice(0)]
      for (const request of all.toReversed()) again(request, end)
    }
    const timer = setTimeout(() => {
      restart = null
      askNext()
    }, delayMs)
    timer.unref()
    restart = { timer, at: Date.now() + delayMs }
  }

  function putBack(request: Request): void {
    waiting[request.bulk ? 'bulk' : 'single'].unshift(request)
  }

  function again(request: Request, { code, signal, lastErrors }: ChildEnd): void {
    if (request.settled) return
    request.crashes++
    if (request.crashes < 2) {
      putBack(request)
      return
    }
    const how = signal === null ? `with code ${code}` : `by signal ${signal}`
    request.reject(
      new AppError('ERR_9001', `the predictor ended ${how}, twice, while it worked on this`, {
        details: { lastErrors },
      }),
    )
  }

  function ask(command: Command, { signal, deadlineMs, bulk = false }: AskOptions): Promise<PredictedBlock | null> {
    return new Promise((resolve, reject) => {
      if (closed) throw new AppError('ERR_4001', 'the application is closing')
      const settle = (): void => {
        request.settled = true
        signal?.removeEventListener('abort', onAbort)
      }
      const request: Request = {
        command,
        bulk,
        crashes: 0,
        deadlineMs: deadlineMs ?? options.deadlineMs ?? DEADLINE_MS,
        settled: false,
        resolve: block => {
          settle()
          resolve(block)
        },
        reject: error => {
          settle()
          reject(error)
        },
      }
      // An answer that comes later is not listened to.
      const onAbort = (): void => request.reject(new AppError('ERR_4004', 'the prediction was stopped'))
      if (signal?.aborted) {
        onAbort()
        return
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiting[bulk ? 'bulk' : 'single'].push(request)
      askNext()
    })
  }

  return {
    predict: async (question, given = {}) => {
      const block = await ask({ type: 'predict', requestId: nextId++, ...question }, given)
      if (block === null) throw new Error('the predictor answered a question as if it had loaded a model')
      return block
    },
    load: async (modelFolder, given = {}) =>
      void (await ask({ type: 'load', requestId: nextId++, modelFolder }, given)),
    unload: modelFolder => child?.send({ type: 'unload', modelFolder } satisfies PredictorCommand),
    status: () => ({
      state: child !== null ? (child.isReady ? 'running' : 'starting') : restart !== null ? 'waiting' : 'idle',
      pid: child?.pid ?? null,
      restarts,
      stats,
      nextStartAt: restart?.at ?? null,
    }),
    close: async () => {
      closed = true
      if (restart !== null) clearTimeout(restart.timer)
      for (const request of [...waiting.single.splice(0), ...waiting.bulk.splice(0)]) request.reject(closing())
      if (child === null) return
      const { gone } = child
      child.disconnect()
      const kill = setTimeout(() => child?.kill(), CLOSE_GRACE_MS)
      await gone
      clearTimeout(kill)
    },
  }
}

function closing(): AppError {
  return new AppError('ERR_4004', 'the application was closed')
}
