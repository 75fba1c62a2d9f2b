/** Which of the six reasons of an ended job an expected failure belongs to. */
import type { JobReason } from '../../shared/contract/jobs.ts'
import type { ErrorCode } from '../../shared/errors.ts'

const BY_CODE: Partial<Record<ErrorCode, JobReason>> = {
  ERR_4004: 'user',
  ERR_5004: 'oom',
  ERR_6001: 'data',
  ERR_6003: 'data',
  ERR_6004: 'nan',
  ERR_6005: 'data',
  ERR_7003: 'data',
  ERR_8002: 'data',
  ERR_8003: 'timeout',
  ERR_9002: 'timeout',
  ERR_9003: 'oom',
}

/** What was handed in (2xxx, 3xxx) counts as data; what no row names, as a crash. */
export function reasonOf(code: ErrorCode): JobReason {
  return BY_CODE[code] ?? (code.startsWith('ERR_2') || code.startsWith('ERR_3') ? 'data' : 'crash')
}
