/** The lines on which the points of runs come. One may be opened before the page that shows the run is there. */
import type { MetricBatch } from '../../../shared/contract/metrics.ts'
import { curvesOf } from './curve-feed.ts'

/** Points after a cursor, for as long as the run goes on. */
export type OpenMetrics = (
  wanted: { id: string; after: number },
  options: { signal: AbortSignal },
) => Promise<AsyncIterable<MetricBatch>>

export interface CurveStreams {
  /** The curves of a run are on their way while the page that will show them is still being made. Of one run at a time. */
  openAhead(jobId: string): void
  /** The stream that was opened ahead, or a new one. Whoever takes it closes it. */
  take(jobId: string): CurveStream
}

/** A stream that was opened ahead and that nobody has come for. */
export const UNWANTED_MS = 5_000

export class CurveStream {
  readonly #aborter = new AbortController()
  readonly #ended: Promise<void>
  #hasCome = false
  #changed: () => void = () => {
    this.#hasCome = true
  }

  constructor(jobId: string, open: OpenMetrics) {
    this.#ended = this.#listen(jobId, open)
    // Whoever watches is told; a stream that is opened ahead has nobody yet.
    this.#ended.catch(() => undefined)
  }

  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  /** Calls `changed` after each batch, and at once where some have come already. Rejects where the stream breaks off. */
  watch(changed: () => void): Promise<void> {
    this.#changed = changed
    if (this.#hasCome) changed()
    return this.#ended
  }

  close(): void {
    this.#aborter.abort()
  }

  async #listen(jobId: string, open: OpenMetrics): Promise<void> {
    const curves = curvesOf(jobId)
    const { signal } = this
    for await (const batch of await open({ id: jobId, after: curves.cursor }, { signal })) {
      if (signal.aborted) return
      curves.apply(batch)
      this.#changed()
    }
  }
}

export function createCurveStreams(open: OpenMetrics): CurveStreams {
  let ahead: { jobId: string; stream: CurveStream; timer: ReturnType<typeof setTimeout> } | null = null

  function forget(): CurveStream | null {
    clearTimeout(ahead?.timer)
    const stream = ahead?.stream ?? null
    ahead = null
    return stream
  }

  return {
    openAhead: jobId => {
      forget()?.close()
      const timer = setTimeout(() => forget()?.close(), UNWANTED_MS)
      ahead = { jobId, stream: new CurveStream(jobId, open), timer }
    },
    take: jobId => (ahead?.jobId === jobId ? forget() : null) ?? new CurveStream(jobId, open),
  }
}
