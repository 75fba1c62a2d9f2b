import { describe, expect, it } from 'vitest'
import type { Job, JobState } from '../../../shared/contract/jobs.ts'
import { createTexts } from '../../i18n/translate.ts'
import { recentSuccess } from './recent-success.ts'
import { waitingText } from './waiting-text.ts'

const DAY = 24 * 3_600_000
const now = 100 * DAY
const ended = (state: JobState, daysAgo: number) => ({ state, endedAt: now - daysAgo * DAY }) as Job

describe('recentSuccess', () => {
  it('counts what ended within seven days; what was cancelled counts on neither side', () => {
    const jobs = [
      ended('completed', 1),
      ended('completed', 6.9),
      ended('completed', 7.1),
      ended('failed', 2),
      ended('interrupted', 0),
      ended('cancelled', 1),
      { state: 'running', endedAt: null } as Job,
    ]
    expect(recentSuccess(jobs, now)).toEqual({ completed: 2, failed: 2, share: 0.5 })
    expect(recentSuccess([ended('cancelled', 1)], now).share).toBeNull()
  })
})

describe('waitingText', () => {
  const text = (job: Partial<Job>, startsAt: number | null, endsAt: number | null, language: 'en' | 'zh-CN' = 'en') => {
    const t = createTexts(language).t as never
    return waitingText({ waitsFor: [], retryAt: null, ...job } as Job, { startsAt, endsAt }, { t, language, now })
  }

  it('says when it starts and ends, as far as that can be told', () => {
    expect(text({}, now + 240_000, now + 600_000)).toBe('starts in about 4 min, done in 10 min')
    expect(text({}, now + 30_000, null)).toBe('starts in about 30 sec')
    expect(text({}, null, null)).toBe('starts when the one before it has ended')
    expect(text({}, now + 240_000, now + 600_000, 'zh-CN')).toBe('约 4分钟后开始，10分钟后完成')
  })

  it('says what it waits for otherwise', () => {
    const waitsFor = [{ what: 'memory', neededBytes: 1.2e9, freeBytes: 8e8 }] as const
    expect(text({ waitsFor: [...waitsFor] }, now, now)).toBe('needs 1.2 GB of memory, 800 MB are free')
    expect(text({ retryAt: now + 20_000 }, now, now)).toBe('its process failed; next attempt in 20 sec')
  })
})
