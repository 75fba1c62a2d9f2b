/** One trainer process from its fork to its end, and what the end means for the run. */
import { isOutOfMemory } from '../../node/out-of-memory.ts'
import type { JobProgress, JobReason, LogLine, TrainResult } from '../../shared/contract/jobs.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import type { TrainerCommand } from '../../shared/trainer-protocol.ts'
import type { ChildHandle } from '../processes/child.ts'
import type { StopReason } from './executor.ts'
import { startWatchdog, WATCHDOG, type Watchdog, type WatchdogOptions } from './heartbeat-watchdog.ts'
import { reasonOf } from './reason-of.ts'
import { type ChildEnd, type ChildTimeouts, SupervisedChild } from './supervised-child.ts'
import { type HeardTrainerMessage, trainerMessageSchema } from './trainer-messages.ts'

export type TrainerOutcome =
  | { state: 'completed'; result: TrainResult }
  | { state: 'stopped'; hasCheckpoint: boolean }
  | { state: 'halted'; reason: JobReason; error: ErrorBody }
  | { state: 'failed'; reason: JobReason; error: ErrorBody }

export interface TrainerRunOptions {
  child: ChildHandle
  runFolder: string
  onProgress(progress: JobProgress): void
  onCheckpoint(file: string, step: number): void
  /** The process is there, and can be found by its pid should this one die. */
  onSpawned(pid: number): void
  onStarted(): void
  /** It lives, and has not got on since then; `null`: it does again. */
  onStalled?(since: number | null): void
  log(level: LogLine['level'], message: string): void
  /** Without a sign of life, after which it is ended; `null`: as the watchdog has it. */
  silenceMs?: number | null
  timeouts?: Partial<ChildTimeouts>
  watchdog?: Partial<Pick<WatchdogOptions, 'beatMs' | 'misses' | 'stillBeats'>>
}

export interface TrainerRun {
  readonly pid: number | undefined
  /** Resolves when the process is gone. Never rejects. */
  readonly outcome: Promise<TrainerOutcome>
  stop(reason: StopReason): void
  saveNow(): void
}

/** What it said last about its end; the process being gone is what makes it true. */
type LastWord = Extract<HeardTrainerMessage, { type: 'completed' | 'stopped' | 'halted' | 'failed' }>

/** Output lines of the process itself are kept up to here, so that a library that talks cannot fill the store. */
const KEPT_OUTPUT_LINES = 1_000
const ASK: Record<StopReason, TrainerCommand> = {
  cancel: { type: 'cancel' },
  pause: { type: 'pause' },
  close: { type: 'pause' },
  timeout: { type: 'pause' },
}

export function startTrainerRun(options: TrainerRunOptions): TrainerRun {
  const { log } = options
  let lastWord: LastWord | null = null
  let silentMs: number | null = null
  let watchdog: Watchdog | null = null
  let outputLines = 0

  const supervised = new SupervisedChild({
    child: options.child,
    schema: trainerMessageSchema,
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    listener: {
      spawned: options.onSpawned,
      ready: () => {
        supervised.send({ type: 'start', runFolder: options.runFolder } satisfies TrainerCommand)
        watchdog = startWatchdog({
          ...WATCHDOG,
          ...options.watchdog,
          ...missesIn(options),
          onSilent,
          onStill,
          onMoving,
        })
        options.onStarted()
      },
      message: receive,
      output: (stream, line) => {
        outputLines++
        if (outputLines <= KEPT_OUTPUT_LINES) log(stream === 'stderr' ? 'warn' : 'info', line)
        else if (outputLines === KEPT_OUTPUT_LINES + 1) log('warn', 'further output of the trainer is not kept')
      },
    },
  })

  function onSilent(ms: number): void {
    silentMs = ms
    log('error', `the trainer has not answered for ${ms} ms and is being stopped`)
    supervised.kill()
  }

  function onStill(step: number, ms: number): void {
    log('warn', `no step has been completed for ${ms} ms, since step ${step}`)
    options.onStalled?.(Date.now() - ms)
  }

  function onMoving(step: number): void {
    log('info', `it gets on again, at step ${step}`)
    options.onStalled?.(null)
  }

  function receive(message: HeardTrainerMessage): void {
    watchdog?.alive()
    switch (message.type) {
      case 'progress':
        watchdog?.gotOn(JSON.stringify([message.progress.stage, message.progress.done]))
        options.onProgress(message.progress)
        break
      case 'checkpointed':
        options.onCheckpoint(message.file, message.step)
        break
      case 'acknowledged':
        log('info', `the trainer acknowledged ${message.command}`)
        break
      case 'completed':
      case 'stopped':
      case 'halted':
      case 'failed':
        lastWord = message
        break
      case 'heartbeat':
        watchdog?.beat(message.step)
        break
    }
  }

  return {
    get pid() {
      return supervised.pid
    },
    outcome: supervised.gone.then(end => {
      watchdog?.stop()
      if (lastWord !== null && end.kind === 'crash')
        log('warn', `after "${lastWord.type}" the trainer ended ${howEnded(end)}`)
      return outcomeOf({ end, lastWord, silentMs, missedReady: supervised.missedReady })
    }),
    stop: reason => supervised.stop(ASK[reason]),
    saveNow: () => supervised.send({ type: 'saveNow' } satisfies TrainerCommand),
  }
}

/** As many misses as the limit of the job allows. */
function missesIn({ silenceMs, watchdog }: TrainerRunOptions): { misses?: number } {
  if (silenceMs === null || silenceMs === undefined) return {}
  return { misses: Math.max(1, Math.floor(silenceMs / (watchdog?.beatMs ?? WATCHDOG.beatMs)) - 1) }
}

interface Ending {
  end: ChildEnd
  lastWord: LastWord | null
  silentMs: number | null
  missedReady: boolean
}

function outcomeOf({ end, lastWord, silentMs, missedReady }: Ending): TrainerOutcome {
  if (end.fault !== null) {
    return failed(new AppError('ERR_9001', `the trainer said what no trainer says and was ended: ${end.fault}`))
  }
  if (lastWord?.type === 'completed') return { state: 'completed', result: lastWord.result }
  if (lastWord?.type === 'failed') {
    // The runtime says it in words only.
    const reason = isOutOfMemory(lastWord.error.message) ? 'oom' : reasonOf(lastWord.error.code)
    return { state: 'failed', reason, error: lastWord.error }
  }
  if (lastWord?.type === 'halted') {
    return { state: 'halted', reason: reasonOf(lastWord.error.code), error: lastWord.error }
  }
  if (lastWord?.type === 'stopped') return { state: 'stopped', hasCheckpoint: lastWord.hasCheckpoint }
  if (missedReady) return failed(new AppError('ERR_9002', 'the trainer did not become ready in time'))
  if (silentMs !== null) {
    return failed(new AppError('ERR_9002', `the trainer did not answer for ${silentMs} ms and was stopped`))
  }
  if (end.requested) return { state: 'stopped', hasCheckpoint: false }
  const { lastErrors } = end
  const details = { code: end.code, signal: end.signal, lastErrors }
  const memory = lastErrors.find(line => isOutOfMemory(line))
  if (memory !== undefined) {
    return failed(new AppError('ERR_9003', `the trainer ran out of memory: ${memory}`, { details }))
  }
  // Node prints the error, then its stack and its own version.
  const told = lastErrors.find(line => /^\w*Error\b/.test(line)) ?? lastErrors.at(-1)
  const message = `the trainer ended ${howEnded(end)} without a result${told === undefined ? '' : `: ${told}`}`
  return failed(new AppError('ERR_9001', message, { details }))
}

function howEnded({ code, signal }: ChildEnd): string {
  return signal === null ? `with code ${code}` : `by signal ${signal}`
}

function failed(error: AppError): TrainerOutcome {
  return { state: 'failed', reason: reasonOf(error.code), error: error.toBody() }
}
