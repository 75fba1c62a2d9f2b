/** One trainer process that measures instead of training. */
import { z } from 'zod'
import { isOutOfMemory } from '../../node/out-of-memory.ts'
import { errorBodySchema } from '../../shared/contract/common.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import { type ProbeProfile, type ProbeRequest, probeProfileSchema } from '../../shared/probe-profile.ts'
import type { TrainerCommand } from '../../shared/trainer-protocol.ts'
import { type ChildEnd, SupervisedChild } from '../jobs/supervised-child.ts'
import type { ChildHandle } from '../processes/child.ts'

/** What a probe says; what else a trainer says is of no interest here. */
const messageSchema = z.union([
  z.object({ type: z.literal('probing'), done: z.number(), total: z.number() }),
  z.object({ type: z.literal('probed'), profile: probeProfileSchema }),
  z.object({ type: z.literal('failed'), error: errorBodySchema }),
  z.object({ type: z.enum(['acknowledged', 'heartbeat', 'stopped']) }),
])

export interface ProbeRun {
  readonly child: ChildHandle
  readonly runFolder: string
  readonly request: ProbeRequest
  readonly signal: AbortSignal
  /** After which nothing more is expected of it. */
  readonly timeoutMs: number
  onProgress(done: number, total: number): void
}

/** What went wrong is an AppError that says so in one sentence: of the trainer, or ERR_9001 to ERR_9003 where its process did not answer. */
export async function runProbe({
  child,
  runFolder,
  request,
  signal,
  timeoutMs,
  onProgress,
}: ProbeRun): Promise<ProbeProfile> {
  const answers: ({ profile: ProbeProfile } | { error: AppError })[] = []
  let isLate = false
  const supervised = new SupervisedChild({
    child,
    schema: messageSchema,
    listener: {
      ready: () => supervised.send({ type: 'probe', runFolder, request } satisfies TrainerCommand),
      message: message => {
        if (message.type === 'probing') onProgress(message.done, message.total)
        else if (message.type === 'probed') answers.push({ profile: message.profile })
        else if (message.type === 'failed') answers.push({ error: AppError.fromBody(message.error as ErrorBody) })
      },
    },
  })
  const stop = () => supervised.stop({ type: 'cancel' } satisfies TrainerCommand)
  const timer = setTimeout(() => {
    isLate = true
    stop()
  }, timeoutMs)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const end = await supervised.gone
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
  return judge(answers.at(-1) ?? null, { isLate, end, timeoutMs })
}

interface Ending {
  readonly isLate: boolean
  readonly end: ChildEnd
  readonly timeoutMs: number
}

function judge(answer: { profile: ProbeProfile } | { error: AppError } | null, { isLate, end, timeoutMs }: Ending) {
  if (answer && 'profile' in answer) return answer.profile
  if (answer) throw answer.error
  const what = 'so what this run will take cannot be told'
  if (isLate) throw new AppError('ERR_9002', `The trial steps took more than ${timeoutMs / 1_000} s, ${what}`)
  if (end.requested) throw new AppError('ERR_4004', 'The trial steps were stopped')
  const { code, signal, lastErrors } = end
  if (lastErrors.some(isOutOfMemory)) throw new AppError('ERR_9003', `The trial steps ran out of memory, ${what}`)
  const how = signal === null ? `with code ${code}` : `by signal ${signal}`
  throw new AppError('ERR_9001', `The process of the trial steps ended ${how}, ${what}`, { details: { lastErrors } })
}
