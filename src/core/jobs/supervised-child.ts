/**
 * One child process from its fork to its end: spawned, ready in time, messages, output by lines, and an end that is either an exit
 * or a crash. Ending it means asking, then SIGTERM, then SIGKILL; `gone` resolves only when the process is no more.
 */
import { z } from 'zod'
import type { ChildHandle } from '../processes/child.ts'
import { createLineSplitter } from './line-splitter.ts'

export interface ChildTimeouts {
  /** From the fork to `ready`. */
  readyMs: number
  /** From the request to stop to SIGTERM. */
  termMs: number
  /** From the request to stop to SIGKILL. */
  killMs: number
}
export const CHILD_TIMEOUTS: ChildTimeouts = { readyMs: 60_000, termMs: 10_000, killMs: 30_000 }

/** `exit`: it ended by itself with code 0. `crash`: anything else. */
export interface ChildEnd {
  kind: 'exit' | 'crash'
  code: number | null
  signal: string | null
  /** We ended it: it was asked to stop, or it broke a deadline or the protocol. */
  requested: boolean
  wasReady: boolean
  /** What it sent that is no message of its protocol; it was ended for it. */
  fault: string | null
  /** The last lines of its standard error. */
  lastErrors: readonly string[]
}

export interface ChildListener<Message> {
  /** The system has made the process; it is not ready for anything yet. */
  spawned?(pid: number): void
  ready?(): void
  message(message: Message): void
  output?(stream: 'stdout' | 'stderr', line: string): void
}

export interface SupervisedChildOptions<Message> {
  child: ChildHandle
  /** Everything it may say besides `ready`. What a child says is checked, as everything that crosses a border. */
  schema: z.ZodType<Message>
  timeouts?: Partial<ChildTimeouts>
  listener: ChildListener<Message>
}

const KEPT_ERROR_LINES = 20

export class SupervisedChild<Message> {
  /** Never rejects. */
  readonly gone: Promise<ChildEnd>
  readonly #child: ChildHandle
  readonly #timeouts: ChildTimeouts
  readonly #listener: ChildListener<Message>
  readonly #schema: z.ZodType<Message>
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #lastErrors: string[] = []
  #isReady = false
  #missedReady = false
  #fault: string | null = null
  #stopAt: number | null = null
  #isGone = false

  constructor({ child, schema, timeouts, listener }: SupervisedChildOptions<Message>) {
    this.#child = child
    this.#timeouts = { ...CHILD_TIMEOUTS, ...timeouts }
    this.#listener = listener
    this.#schema = schema
    const readyTimer = this.#after(this.#timeouts.readyMs, () => {
      this.#missedReady = true
      this.kill()
    })
    child.onSpawn(pid => this.#listener.spawned?.(pid))
    child.onMessage(message => this.#receive(message, readyTimer))
    const flush = this.#splitOutput()
    this.gone = new Promise(resolve => {
      child.onExit(({ code, signal }) => {
        this.#isGone = true
        for (const timer of this.#timers) clearTimeout(timer)
        flush()
        resolve({
          kind: code === 0 ? 'exit' : 'crash',
          code,
          signal,
          requested: this.#stopAt !== null,
          wasReady: this.#isReady,
          fault: this.#fault,
          lastErrors: this.#lastErrors,
        })
      })
    })
  }

  /** Electron's processes have one only once they run. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** It did not become ready in time and was killed for it. */
  get missedReady(): boolean {
    return this.#missedReady
  }

  send(message: unknown): void {
    this.#child.send(message)
  }

  /**
   * Asks it to stop with a typed message; SIGTERM and SIGKILL follow in their time. One that is not ready has nothing to save
   * and cannot hear: it gets SIGTERM at once. Asking again sends the message again, the clock goes on.
   */
  stop(ask: unknown): void {
    if (this.#isGone) return
    if (this.#isReady) this.#child.send(ask)
    if (this.#stopAt !== null) return
    this.#stopAt = performance.now()
    this.#after(this.#isReady ? this.#timeouts.termMs : 0, () => this.#child.kill('SIGTERM'))
    this.#after(this.#timeouts.killMs, () => this.#child.kill('SIGKILL'))
  }

  /** For a child that does not answer any more: SIGTERM now, SIGKILL after what lies between the two otherwise. */
  kill(): void {
    if (this.#isGone) return
    this.#stopAt ??= performance.now()
    this.#child.kill('SIGTERM')
    this.#after(this.#timeouts.killMs - this.#timeouts.termMs, () => this.#child.kill('SIGKILL'))
  }

  /** Closes the channel: a well-behaved child saves and ends. */
  disconnect(): void {
    this.#child.disconnect()
  }

  #receive(message: unknown, readyTimer: NodeJS.Timeout): void {
    if (!readySchema.safeParse(message).success) {
      this.#hear(message)
      return
    }
    clearTimeout(readyTimer)
    this.#timers.delete(readyTimer)
    this.#isReady = true
    // A stop that came while it started has its signal on the way already.
    if (this.#stopAt === null) this.#listener.ready?.()
  }

  #hear(message: unknown): void {
    // Nothing more is believed of one that has broken the protocol.
    if (this.#fault !== null) return
    const parsed = this.#schema.safeParse(message)
    if (parsed.success) {
      this.#listener.message(parsed.data)
      return
    }
    this.#fault = z.prettifyError(parsed.error).replaceAll('\n', ' ')
    this.kill()
  }

  #splitOutput(): () => void {
    const splitters = {
      stdout: createLineSplitter(line => this.#listener.output?.('stdout', line)),
      stderr: createLineSplitter(line => {
        this.#lastErrors.push(line)
        if (this.#lastErrors.length > KEPT_ERROR_LINES) this.#lastErrors.shift()
        this.#listener.output?.('stderr', line)
      }),
    }
    this.#child.onOutput((stream, text) => splitters[stream].push(text))
    return () => {
      splitters.stdout.end()
      splitters.stderr.end()
    }
  }

  #after(delayMs: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(act, delayMs)
    this.#timers.add(timer)
    return timer
  }
}

const readySchema = z.looseObject({ type: z.literal('ready') })
