/** How far a table has come, and how long it still takes at the pace of this run. */
import type { JobControl } from '../jobs/executor.ts'

export interface Pace {
  did(rows: number): void
  /** Rows of the whole table, as far as that is known before its end. */
  expect(total: number | null): void
}

/** Blocks come in bursts: before this many rows of this run the pace says nothing. */
const LEAST_ROWS = 500

/** @param before Rows that were there when this run began. */
export function createPace(control: Pick<JobControl, 'progress'>, before: number): Pace {
  const start = performance.now()
  let total: number | null = null
  let done = 0

  function tell(): void {
    const all = before + done
    // A total that is estimated from the length of the file is no less than what there is.
    const whole = total === null ? null : Math.max(total, all)
    const perRowMs = (performance.now() - start) / done
    const etaMs = whole === null || done < LEAST_ROWS ? null : Math.round(perRowMs * (whole - all))
    control.progress({ stage: 'predicting', done: all, total: whole, etaMs, epoch: null, epochs: null })
  }

  return {
    expect: rows => {
      total = rows
    },
    did: rows => {
      done += rows
      tell()
    },
  }
}
