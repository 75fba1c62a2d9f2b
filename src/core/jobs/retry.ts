/** When a failed job is begun again by itself: only where its process failed, not what it was asked. */
import type { ErrorCode } from '../../shared/errors.ts'

export interface RetryPolicy {
  /** Before the first retry; each further one waits twice as long. */
  baseMs: number
  maxMs: number
  /** 0 ≤ x < 1: spreads the retries of jobs that failed together. */
  random(): number
}
export const RETRY_POLICY: RetryPolicy = { baseMs: 5_000, maxMs: 300_000, random: Math.random }

/**
 * A process that died or fell silent may do better next time. One that used too much memory, met bad data or a non-finite loss would
 * do the same again, and so would a bug of ours.
 */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['ERR_9001', 'ERR_9002'])

export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code)
}

/** Before retry `n`, counted from 1: `base · 2^(n−1)`, at most `max`, of it between the half and the whole. */
export function retryDelayMs(n: number, { baseMs, maxMs, random }: RetryPolicy): number {
  const wholeMs = Math.min(maxMs, baseMs * 2 ** (n - 1))
  return Math.round(wholeMs * (0.5 + 0.5 * random()))
}
