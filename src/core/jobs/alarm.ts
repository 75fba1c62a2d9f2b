/** One timer for the earliest of several times. */
export interface Alarm {
  /** Replaces what was set before; rings once, at the earliest of these, or not at all. Times as `Date.now()`. */
  set(times: readonly number[]): void
}

/** A timer takes no more; the alarm then rings early, and whoever hears it sets it again. */
const LONGEST_MS = 2 ** 31 - 1

export function createAlarm(ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined
  return {
    set: times => {
      clearTimeout(timer)
      timer = undefined
      if (times.length === 0) return
      timer = setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, Math.min(...times) - Date.now())))
    },
  }
}
