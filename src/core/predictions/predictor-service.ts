/**
 * The predictor process: one, started when it is first needed, asked one thing at a time. When it crashes it is started again after
 * 1, 2, 4 … 60 s; what it was working on is asked once more, since asking twice does no harm.
 */
import type { Log } from '../../node/log.ts'
import { AppError } from '../../shared/errors.ts'
import type { PredictedValue, PredictorCommand } from '../../shared/predictor-protocol.ts'
import { type ChildEnd, type ChildTimeouts, SupervisedChild } from '../jobs/supervised-child.ts'
import type { ForkChild } from '../processes/child.ts'
import { type HeardPredictorMessage, predictorMessageSchema } from './predictor-messages.ts'

export interface PredictorService {
  /** [records]. ERR_7001 where the model cannot be loaded, ERR_9001 after a second crash, ERR_9002 after the deadline. */
  predict(question: Question, options?: { signal?: AbortSignal; deadlineMs?: number }): Promise<PredictedValue[]>
  /** Lets go of a model's files. */
  unload(modelFolder: string): void
  /** Ends the process and waits until it is gone. Idempotent. */
  close(): Promise<void>
}

export interface Question {
  modelFolder: string
  records: Uint8Array[]
  nearest: number
}

export interface PredictorOptions {
  fork: ForkChild
  log: Log
  /** From the moment the process begins with it. */
  deadlineMs?: number
  backOff?: { firstMs: number; mostMs: number }
  timeouts?: Partial<ChildTimeouts>
}

interface Request extends Question {
  requestId: number
  crashes: number
  deadlineMs: number
  resolve(values: PredictedValue[]): void
  reject(error: unknown): void
  settled: boolean
}

const DEADLINE_MS = 60_000
const BACK_OFF = { firstMs: 1_000, mostMs: 60_000 }
/** How long it may take to end by itself once its channel is closed. */
const CLOSE_GRACE_MS = 2_000

export function createPredictor(options: PredictorOptions): PredictorService {
  const backOff = options.backOff ?? BACK_OFF
  const waiting: Request[] = []
  let child: SupervisedChild<HeardPredictorMessage> | null = null
  let asked: { request: Request; deadline: NodeJS.Timeout } | null = null
  let nextId = 1
  let crashes = 0
  let restart: NodeJS.Timeout | null = null
  let closed = false

  function startChild(): void {
    const started: SupervisedChild<HeardPredictorMessage> = new SupervisedChild({
      child: options.fork('predictor'),
      schema: predictorMessageSchema,
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
      listener: {
        ready: askNext,
        message: receive,
        output: (stream, line) => options.log.info({ child: 'predictor', pid: started.pid, stream }, line),
      },
    })
    child = started
    void started.gone.then(end => {
      child = null
      onGone(end)
    })
  }

  function askNext(): void {
    if (closed || asked !== null || waiting.length === 0) return
    if (child === null) {
      if (restart === null) startChild()
      return
    }
    if (!child.isReady) return
    const request = waiting.shift()!
    if (request.settled) {
      askNext()
      return
    }
    const deadline = setTimeout(() => onDeadline(request), request.deadlineMs)
    asked = { request, deadline }
    const { requestId, modelFolder, records, nearest } = request
    child.send({ type: 'predict', requestId, modelFolder, records, nearest } satisfies PredictorCommand)
  }

  function receive(message: HeardPredictorMessage): void {
    if (asked?.request.requestId !== message.requestId) return
    const { request, deadline } = asked
    clearTimeout(deadline)
    asked = null
    crashes = 0
    if (message.type === 'failed') request.reject(AppError.fromBody(message.error))
    else if (message.values.length === request.records.length) request.resolve(message.values)
    else request.reject(new Error(`${request.records.length} records, ${message.values.length} predictions`))
    askNext()
  }

  /** It may be stuck in native code, where it hears nothing: the process goes, the next request gets a new one. */
  function onDeadline(request: Request): void {
    request.reject(new AppError('ERR_9002', `the predictor did not answer within ${request.deadlineMs} ms`))
    child?.kill()
  }

  function onGone(end: ChildEnd): void {
    const lost = asked
    asked = null
    if (lost !== null) clearTimeout(lost.deadline)
    if (closed) {
      lost?.request.reject(closing())
      return
    }
    if (lost !== null) again(lost.request, end)
    crashes++
    const delayMs = Math.min(backOff.mostMs, backOff.firstMs * 2 ** (crashes - 1))
    const { code, signal, lastErrors } = end
    options.log.warn({ code, signal, lastErrors, delayMs }, 'the predictor ended; it is started again when needed')
    // A process that does not even become ready answers nobody: those who wait are told, not kept.
    if (!end.wasReady) for (const request of waiting.splice(0)) again(request, end)
    restart = setTimeout(() => {
      restart = null
      askNext()
    }, delayMs)
    restart.unref()
  }

  function again(request: Request, { code, signal, lastErrors }: ChildEnd): void {
    if (request.settled) return
    request.crashes++
    if (request.crashes < 2) {
      waiting.unshift(request)
      return
    }
    const how = signal === null ? `with code ${code}` : `by signal ${signal}`
    request.reject(
      new AppError('ERR_9001', `the predictor ended ${how}, twice, while it worked on this`, {
        details: { lastErrors },
      }),
    )
  }

  return {
    predict: (question, { signal, deadlineMs = options.deadlineMs ?? DEADLINE_MS } = {}) =>
      new Promise((resolve, reject) => {
        if (closed) throw new AppError('ERR_4001', 'the application is closing')
        const settle = (): void => {
          request.settled = true
          signal?.removeEventListener('abort', onAbort)
        }
        const request: Request = {
          ...question,
          requestId: nextId++,
          crashes: 0,
          deadlineMs,
          settled: false,
          resolve: values => {
            settle()
            resolve(values)
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
        waiting.push(request)
        askNext()
      }),
    unload: modelFolder => child?.send({ type: 'unload', modelFolder } satisfies PredictorCommand),
    close: async () => {
      closed = true
      if (restart !== null) clearTimeout(restart)
      for (const request of waiting.splice(0)) request.reject(closing())
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
