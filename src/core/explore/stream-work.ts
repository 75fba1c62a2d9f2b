/** Work that tells how far it is, as a stream of events that ends with its outcome. */

export interface StreamedWork<Event> {
  signal?: AbortSignal
  /** Answers the last event. Its signal aborts when nobody listens any more. */
  work(control: { signal: AbortSignal; tell(event: Event): void }): Promise<Event>
  /** The last event where the work failed; not asked where it was stopped. */
  failed(error: unknown): Event
}

/** Only the latest event that has not been taken is kept: progress may be skipped, the outcome never. */
export async function* streamWork<Event>({
  signal,
  work,
  failed,
}: StreamedWork<Event>): AsyncGenerator<Event, void, void> {
  const stopped = new AbortController()
  const all = signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal])
  let latest: Event | null = null
  let wake: () => void = () => undefined
  const outcome = work({
    signal: all,
    tell: event => {
      latest = event
      wake()
    },
  }).catch(failed)
  const done = Symbol()
  try {
    for (;;) {
      const told = new Promise<void>(resolve => {
        wake = resolve
      })
      if (latest === null) {
        const next = await Promise.race([told, outcome.then(() => done)])
        if (next === done && latest === null) break
      }
      if (latest !== null) {
        const event: Event = latest
        latest = null
        yield event
      }
    }
    if (!all.aborted) yield await outcome
  } finally {
    stopped.abort()
    await outcome
  }
}
