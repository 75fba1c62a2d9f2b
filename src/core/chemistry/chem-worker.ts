/** One chemistry worker process: calls go in one after the other, and it is killed when it breaks a limit. */
import type { Log } from '../../node/log.ts'
import { RESIDENT_SIZE_INTERVAL_MS, residentBytes } from '../../node/resident-size.ts'
import type { ChemCallKind, ChemCalls, ChemMessage } from '../../shared/chem-protocol.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChildHandle } from '../processes/child.ts'

export interface CallLimits {
  /** From the fork to `ready`. */
  startMs: number
  /** From the start of a call to its answer. */
  deadlineMs: number
  /** Between two signs of life during a call. */
  silenceMs: number
  /** Resident size of the process. */
  memoryBytes: number
}

export interface CallOptions {
  /** Overrides the default; `null` for a call that may take as long as it goes on. */
  deadlineMs?: number | null
  signal?: AbortSignal
  onProgress?: (done: number, total: number | null) => void
  /**
   * Takes the items as they come instead of collecting them. The worker sends the next block when the promise of the last one
   * has resolved, so that a slow taker holds it up instead of filling the memory; a rejection ends the call with that error.
   */
  onItems?: (from: number, items: unknown[]) => Promise<void>
  /** The process that does the work, when the call begins. */
  onPid?: (pid: number) => void
  /** The worker has heard that the call is cancelled, and gives it up. */
  onCancelHeard?: () => void
}

interface RunningCall {
  requestId: number
  options: CallOptions
  items: unknown[]
  resolve(answer: { items: unknown[]; result: unknown }): void
  reject(error: unknown): void
  /** Blocks handed out, in order. */
  taken: Promise<void>
  /** A block is being taken: the worker may be waiting for us and has nothing to say. */
  isTaking: boolean
  deadline: NodeJS.Timeout | undefined
  silence: NodeJS.Timeout | undefined
}

/** The process ended before this call had its turn: another process can take it. */
export class CallNotStarted extends Error {}

/** How long a worker may take to end by itself once its channel is closed, or to drop a call. */
const GRACE_MS = 2_000
const KEPT_OUTPUT = 4_000

export class ChemWorker {
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  readonly #child: ChildHandle
  readonly #limits: CallLimits
  readonly #log: Log
  readonly #ready: Promise<void>
  #turn: Promise<unknown>
  #running: RunningCall | null = null
  #nextId = 1
  #exited = false
  /** Why we ended it; `null` while it is fine. Given to every call that is running or waiting. */
  #failure: AppError | null = null
  #output = ''

  constructor(options: { child: ChildHandle; limits: CallLimits; log: Log }) {
    this.#child = options.child
    this.#limits = options.limits
    this.#log = options.log
    this.gone = new Promise(resolve => {
      this.#child.onExit(exit => {
        this.#exited = true
        this.#failure ??= this.#crash(exit)
        this.#settle(this.#failure)
        resolve()
      })
    })
    this.#ready = this.#whenReady()
    // Calls wait for it; without a call nobody else would look at a failed start.
    this.#ready.catch(() => undefined)
    this.#turn = this.#ready.catch(() => undefined)
    this.#child.onOutput((stream, text) => this.#keepOutput(stream, text))
    this.#watchMemory()
  }

  /** It takes no more calls. */
  get failed(): boolean {
    return this.#failure !== null
  }

  call<K extends ChemCallKind>(
    kind: K,
    input: ChemCalls[K]['input'],
    options: CallOptions,
  ): Promise<{ items: ChemCalls[K]['item'][]; result: ChemCalls[K]['result'] }> {
    const answer = this.#turn.then(() => this.#run(kind, input, options))
    this.#turn = answer.catch(() => undefined)
    return answer as Promise<{ items: ChemCalls[K]['item'][]; result: ChemCalls[K]['result'] }>
  }

  /** Asks it to end by closing the channel, kills it after a grace period, resolves when it is gone. */
  async stop(): Promise<void> {
    this.#failure ??= new AppError('ERR_4004', 'the chemistry worker was stopped')
    this.#child.disconnect()
    await this.#killAfter(GRACE_MS)
  }

  async #run(kind: ChemCallKind, input: unknown, options: CallOptions): Promise<{ items: unknown[]; result: unknown }> {
    await this.#ready
    if (this.#failure !== null) throw new CallNotStarted()
    if (options.signal?.aborted) throw stoppedByUser()
    if (this.#child.pid !== undefined) options.onPid?.(this.#child.pid)
    const requestId = this.#nextId++
    const onAbort = (): void => this.#cancel(requestId)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        this.#running = {
          requestId,
          options,
          items: [],
          resolve,
          reject,
          taken: Promise.resolve(),
          isTaking: false,
          deadline: undefined,
          silence: undefined,
        }
        this.#armDeadline(options, kind)
        this.#armSilence()
        this.#child.send({ type: 'call', requestId, kind, input, paced: options.onItems !== undefined })
      })
    } catch (error) {
      // Whoever hears of a failure that ended the process may rely on it being gone.
      if (this.#failure !== null) await this.gone
      throw error
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Asks first: others may be waiting for this process. Kills it where it does not listen. */
  #cancel(requestId: number): void {
    this.#child.send({ type: 'cancel', requestId })
    const timer = setTimeout(() => {
      if (this.#running?.requestId === requestId) this.#end(stoppedByUser())
    }, GRACE_MS)
    timer.unref()
  }

  #whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(new AppError('ERR_9002', `the chemistry worker was not ready after ${this.#limits.startMs} ms`))
      }, this.#limits.startMs)
      this.#child.onMessage(message => this.#onMessage(message as ChemMessage, resolve))
      this.#child.onExit(() => reject(this.#failure ?? new AppError('ERR_9001', 'the chemistry worker ended')))
      const clear = (): void => clearTimeout(timer)
      this.#child.onExit(clear)
      this.#child.onMessage(clear)
    })
  }

  #onMessage(message: ChemMessage, onReady: () => void): void {
    if (message.type === 'ready') {
      onReady()
      return
    }
    const call = this.#running
    if (call === null || call.requestId !== message.requestId || this.#failure !== null) return
    this.#armSilence()
    if (message.type === 'acknowledged') call.options.onCancelHeard?.()
    else if (message.type === 'progress') call.options.onProgress?.(message.done, message.total)
    else if (message.type === 'answered') this.#finish(call, message.result)
    else if (message.type === 'failed') this.#settle(AppError.fromBody(message.error))
    else if (call.options.onItems !== undefined) this.#handOut(call, message.from, message.items)
    else for (const item of message.items) call.items.push(item)
  }

  #handOut(call: RunningCall, from: number, items: unknown[]): void {
    call.taken = call.taken.then(async () => {
      if (this.#running !== call) return
      call.isTaking = true
      clearTimeout(call.silence)
      await call.options.onItems?.(from, items)
      call.isTaking = false
      if (this.#running !== call) return
      this.#armSilence()
      this.#child.send({ type: 'takeItems', requestId: call.requestId, blocks: 1 })
    })
    call.taken.catch((error: unknown) => this.#abandon(call, error))
  }

  /** The answer counts when the last block has been taken. */
  #finish(call: RunningCall, result: unknown): void {
    clearTimeout(call.silence)
    call.taken.then(
      () => {
        if (this.#running === call) this.#settle(null, { items: call.items, result })
      },
      // Already told by #handOut.
      () => undefined,
    )
  }

  /** The taker failed: the call is over, the worker may be in the middle of it. */
  #abandon(call: RunningCall, error: unknown): void {
    if (this.#running !== call) return
    this.#settle(error)
    this.#end(stoppedByUser())
  }

  /** Ends the running call, with an answer or an error. */
  #settle(error: unknown, answer: { items: unknown[]; result: unknown } = { items: [], result: null }): void {
    const call = this.#running
    if (call === null) return
    this.#running = null
    clearTimeout(call.deadline)
    clearTimeout(call.silence)
    if (error === null) call.resolve(answer)
    else call.reject(error)
  }

  /** Kills the process for a reason; the calls hear of it when it is gone. */
  #end(reason: AppError): void {
    this.#failure ??= reason
    this.#child.kill('SIGKILL')
  }

  async #killAfter(graceMs: number): Promise<void> {
    if (this.#exited) return
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
    await this.gone
    clearTimeout(timer)
  }

  #armDeadline(options: CallOptions, kind: ChemCallKind): void {
    const deadlineMs = options.deadlineMs === undefined ? this.#limits.deadlineMs : options.deadlineMs
    if (deadlineMs === null || this.#running === null) return
    this.#running.deadline = setTimeout(() => {
      this.#end(new AppError('ERR_9002', `the chemistry worker took longer than ${deadlineMs} ms (${kind})`))
    }, deadlineMs)
  }

  #armSilence(): void {
    const call = this.#running
    if (call === null) return
    clearTimeout(call.silence)
    if (call.isTaking) return
    call.silence = setTimeout(() => {
      this.#end(new AppError('ERR_9002', `the chemistry worker said nothing for ${this.#limits.silenceMs} ms`))
    }, this.#limits.silenceMs)
  }

  #watchMemory(): void {
    let looking = false
    const timer = setInterval(() => {
      const pid = this.#child.pid
      if (pid === undefined || looking) return
      looking = true
      residentBytes(pid)
        .then(bytes => {
          if (bytes !== null && bytes > this.#limits.memoryBytes) this.#end(this.#tooLarge(bytes))
        })
        .catch((error: unknown) => this.#log.error({ err: error, pid }, 'cannot read the size of the chemistry worker'))
        .finally(() => {
          looking = false
        })
    }, RESIDENT_SIZE_INTERVAL_MS)
    timer.unref()
    void this.gone.then(() => clearInterval(timer))
  }

  #tooLarge(bytes: number): AppError {
    const mebibytes = (value: number): string => `${Math.round(value / 1024 ** 2)} MiB`
    return new AppError(
      'ERR_9003',
      `the chemistry worker used ${mebibytes(bytes)} of memory, more than the ${mebibytes(this.#limits.memoryBytes)} it may use`,
      { details: { bytes, limitBytes: this.#limits.memoryBytes } },
    )
  }

  #crash(exit: { code: number | null; signal: string | null }): AppError {
    const how = exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : exit.signal
    const details = { code: exit.code, signal: exit.signal, output: this.#output.slice(-KEPT_OUTPUT) }
    this.#log.error({ childPid: this.#child.pid, ...details }, 'a chemistry worker ended unexpectedly')
    return new AppError('ERR_9001', `the chemistry worker ended unexpectedly (${how})`, { details })
  }

  #keepOutput(stream: 'stdout' | 'stderr', text: string): void {
    this.#output = (this.#output + text).slice(-2 * KEPT_OUTPUT)
    this.#log.warn({ childPid: this.#child.pid, stream, text }, 'output of a chemistry worker')
  }
}

function stoppedByUser(): AppError {
  return new AppError('ERR_4004', 'stopped by the user')
}
