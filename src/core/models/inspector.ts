/**
 * Asks one thing of a process that looks into a model's files and is thrown away. It may be killed at any moment by what it reads: a
 * crash, silence and too much memory are each an error of their own, and nothing else is harmed.
 */
import type { Log } from '../../node/log.ts'
import { residentBytes } from '../../node/resident-size.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import {
  type InspectorCommand,
  type InspectorMessage,
  type InspectorProgress,
  inspectorMessageSchema,
} from '../../shared/inspector-protocol.ts'
import { SupervisedChild } from '../jobs/supervised-child.ts'
import type { ForkChild } from '../processes/child.ts'

export interface InspectorLimits {
  /** Between two signs of life. A batch of predictions takes milliseconds; a model that loops gives none. */
  readonly silenceMs: number
  /** Resident size of the process. */
  readonly memoryBytes: number
}

export interface InspectOptions {
  readonly fork: ForkChild
  readonly log: Log
  readonly limits?: Partial<InspectorLimits> | undefined
  /** Of the files it looks into: larger ones may take more time and memory. */
  readonly sizeBytes: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: InspectorProgress) => void) | undefined
}

/** For files that were looked through already: only a machine that is busy keeps these waiting. */
export const PATIENT_MS = 60_000

/** How often its size is looked at: memory can be filled at gigabytes a second. */
const MEMORY_INTERVAL_MS = process.platform === 'linux' ? 50 : 1_000
const MIB = 1024 ** 2

/** For files of that size: room for the file, the runtime's copy of its weights, and a batch. */
export function inspectorLimits(sizeBytes: number): InspectorLimits {
  return { silenceMs: 3_000 + (sizeBytes / (32 * MIB)) * 1_000, memoryBytes: 1_024 * MIB + 6 * sizeBytes }
}

/**
 * The answer, unchecked beyond the protocol: it is ours, made of bytes that are not. Errors of the inspection as they are; ERR_9001 where
 * the process crashed, ERR_9002 where it fell silent, ERR_9003 where it took too much memory, ERR_4004 where it was stopped.
 */
export async function inspect(command: InspectorCommand, options: InspectOptions): Promise<unknown> {
  if (options.signal?.aborted) throw stopped()
  const limits = { ...inspectorLimits(options.sizeBytes), ...options.limits }
  let settled: { result: unknown } | { error: Error } | null = null
  let silence: NodeJS.Timeout | undefined
  const end = (outcome: NonNullable<typeof settled>): void => {
    settled ??= outcome
    clearTimeout(silence)
    // Nothing in it is worth saving, and what it is in the middle of may never end.
    handle.kill('SIGKILL')
  }
  const listen = (): void => {
    clearTimeout(silence)
    const message = `the model did not answer within ${Math.round(limits.silenceMs / 100) / 10} s`
    silence = setTimeout(() => end({ error: failure('ERR_9002', 'inspect.time', message) }), limits.silenceMs)
  }
  const handle = options.fork('inspector')
  const child: SupervisedChild<InspectorMessage> = new SupervisedChild({
    child: handle,
    schema: inspectorMessageSchema,
    listener: {
      ready: () => {
        listen()
        child.send(command)
      },
      message: message => {
        listen()
        if (message.type === 'answered') end({ result: message.result })
        else if (message.type === 'failed') end({ error: AppError.fromBody(message.error as ErrorBody) })
        else options.onProgress?.({ stage: message.stage, done: message.done, total: message.total })
      },
      output: (stream, line) => options.log.info({ child: 'inspector', stream }, line),
    },
  })
  const onAbort = (): void => end({ error: stopped() })
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const memory = watchMemory(() => child.pid, limits.memoryBytes, end)
  try {
    const { code, signal, fault, lastErrors } = await child.gone
    if (settled === null) {
      const how = fault ?? (signal === null ? `with code ${code}` : `by signal ${signal}`)
      const message = `looking into the model ended its process ${how}`
      throw new AppError('ERR_9001', message, { details: { rule: 'inspect.crash', lastErrors: [...lastErrors] } })
    }
    const outcome = settled as { result: unknown } | { error: Error }
    if ('error' in outcome) throw outcome.error
    return outcome.result
  } finally {
    clearInterval(memory)
    clearTimeout(silence)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

function watchMemory(
  pid: () => number | undefined,
  limitBytes: number,
  end: (outcome: { error: Error }) => void,
): NodeJS.Timeout {
  let looking = false
  return setInterval(() => {
    const id = pid()
    if (looking || id === undefined) return
    looking = true
    residentBytes(id)
      .then(bytes => {
        if (bytes === null || bytes <= limitBytes) return
        const [used, most] = [bytes, limitBytes].map(size => `${Math.round(size / MIB)} MiB`)
        end({ error: failure('ERR_9003', 'inspect.memory', `the model took ${used} of memory, ${most} are allowed`) })
      })
      .catch((error: unknown) => end({ error: error as Error }))
      .finally(() => {
        looking = false
      })
  }, MEMORY_INTERVAL_MS)
}

function failure(code: 'ERR_9002' | 'ERR_9003', rule: string, message: string): AppError {
  return new AppError(code, message, { details: { rule } })
}

function stopped(): AppError {
  return new AppError('ERR_4004', 'looking into the model was stopped')
}
