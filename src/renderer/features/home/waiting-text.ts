/** Why a job waits and how long it will, in words. */
import type { Job } from '../../../shared/contract/jobs.ts'
import type { LaneState } from '../../../shared/contract/queue.ts'
import { formatBytes, formatRemaining } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'

interface Context {
  t: Translate
  language: Language
  now: number
}

type Times = Pick<LaneState['waiting'][number], 'startsAt' | 'endsAt'>

/** `needs 1.2 GB of memory, 800 MB are free`, `next attempt in 20 sec`, or `starts in 4 min, done in 9 min`. */
export function waitingText(job: Job, { startsAt, endsAt }: Times, { t, language, now }: Context): string {
  const inTime = (at: number): string => formatRemaining(Math.max(0, at - now), language)
  if (job.waitsFor.length > 0) {
    return job.waitsFor
      .map(({ what, neededBytes, freeBytes }) =>
        t(`queue.lacks.${what}`, {
          needed: formatBytes(neededBytes, language),
          free: formatBytes(freeBytes, language),
        }),
      )
      .join(' · ')
  }
  if (job.retryAt !== null && job.retryAt > now) return t('queue.nextAttempt', { time: inTime(job.retryAt) })
  if (startsAt === null) return t('queue.startUnknown')
  if (endsAt === null) return t('queue.starts', { start: inTime(startsAt) })
  return t('queue.startsAndEnds', { start: inTime(startsAt), end: inTime(endsAt) })
}
