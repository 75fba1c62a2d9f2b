/** When what waits in a lane will begin and end, if everything takes as long as it usually does. Pure. */

export interface LaneWork {
  places: number
  /** Time left of each running job; `null` where nobody knows. */
  runningLeftMs: readonly (number | null)[]
  /** In the order in which they start. */
  waiting: readonly {
    /** How long it will take; `null` where nobody knows. */
    durationMs: number | null
    /** It does not begin before so long from now: a retry. */
    notBeforeMs: number
  }[]
}

export interface Forecast {
  startsInMs: number | null
  endsInMs: number | null
}

/** One for each waiting job, in order. A place whose job nobody can judge never counts as free. */
export function forecastLane({ places, runningLeftMs, waiting }: LaneWork): Forecast[] {
  const freeAt = runningLeftMs.map(left => left ?? Infinity)
  while (freeAt.length < places) freeAt.push(0)
  return waiting.map(({ durationMs, notBeforeMs }) => {
    const place = freeAt.indexOf(Math.min(...freeAt))
    const startsInMs = Math.max(freeAt[place]!, notBeforeMs)
    const endsInMs = startsInMs + (durationMs ?? Infinity)
    freeAt[place] = endsInMs
    return { startsInMs: finite(startsInMs), endsInMs: finite(endsInMs) }
  })
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? Math.round(ms) : null
}
