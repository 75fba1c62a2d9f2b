/**
 * Notices a child that falls silent, and one that beats without getting on. It counts its own ticks, not the hours of the clock:
 * a machine that slept, or a host that was busy, has missed one tick and not an hour of heartbeats.
 */
export interface WatchdogOptions {
  beatMs: number
  /** This many ticks in a row without a beat are silence. */
  misses: number
  /** This many beats with the same step, and without progress of another kind, are a standstill. */
  stillBeats: number
  onSilent(silentMs: number): void
  /** Once for each standstill. */
  onStill(step: number, stillMs: number): void
  /** It was still and has got on. */
  onMoving?(step: number): void
}
export const WATCHDOG = { beatMs: 5_000, misses: 3, stillBeats: 24 } as const

export interface Watchdog {
  /** Any sign of life. */
  alive(): void
  beat(step: number): void
  /** Work that has no steps tells how far it is in words of its own; the same words again are no progress. */
  gotOn(place: string): void
  stop(): void
}

export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { beatMs, misses, stillBeats } = options
  let missed = 0
  let lastStep: number | null = null
  let lastPlace: string | null = null
  let still = 0

  const timer = setInterval(() => {
    missed++
    // The first tick after a beat is no miss: it may have come just before.
    if (missed !== misses + 1) return
    clearInterval(timer)
    options.onSilent(missed * beatMs)
  }, beatMs)

  function moves(): void {
    if (still >= stillBeats) options.onMoving?.(lastStep ?? 0)
    still = 0
  }

  return {
    alive: () => {
      missed = 0
    },
    beat: step => {
      missed = 0
      if (step !== lastStep) {
        lastStep = step
        moves()
        return
      }
      still++
      if (still === stillBeats) options.onStill(step, still * beatMs)
    },
    gotOn: place => {
      if (place === lastPlace) return
      lastPlace = place
      moves()
    },
    stop: () => clearInterval(timer),
  }
}
