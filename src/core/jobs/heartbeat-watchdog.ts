/**
 * Notices a child that falls silent, and one that beats without getting on. It counts its own ticks, not the hours of the clock:
 * a machine that slept, or a host that was busy, has missed one tick and not an hour of heartbeats.
 */
export interface WatchdogOptions {
  beatMs: number
  /** This many ticks in a row without a beat are silence. */
  misses: number
  /** This many beats with the same step are a standstill. */
  stillBeats: number
  onSilent(silentMs: number): void
  /** Once for each standstill. */
  onStill(step: number, stillMs: number): void
}
export const WATCHDOG = { beatMs: 5_000, misses: 3, stillBeats: 24 } as const

export interface Watchdog {
  /** Any sign of life. */
  alive(): void
  beat(step: number): void
  stop(): void
}

export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { beatMs, misses, stillBeats } = options
  let missed = 0
  let lastStep: number | null = null
  let still = 0

  const timer = setInterval(() => {
    missed++
    // The first tick after a beat is no miss: it may have come just before.
    if (missed !== misses + 1) return
    clearInterval(timer)
    options.onSilent(missed * beatMs)
  }, beatMs)

  return {
    alive: () => {
      missed = 0
    },
    beat: step => {
      missed = 0
      still = step === lastStep ? still + 1 : 0
      lastStep = step
      if (still === stillBeats) options.onStill(step, still * beatMs)
    },
    stop: () => clearInterval(timer),
  }
}
