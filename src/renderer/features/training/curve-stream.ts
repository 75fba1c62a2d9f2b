/** The line on which the points of a run come. It may be opened before the page that shows them is there. */
import { client } from '../../api/host.ts'
import { curvesOf } from './curve-feed.ts'

/** Each gives two points: at 300 to 480 pixels a panel, one or two a pixel. 500 took a sixth longer to be seen. */
export const RANGES = 300
/** A stream that was opened ahead and that nobody has come for. */
const UNWANTED_MS = 5_000

export class CurveStream {
  readonly #aborter = new AbortController()
  readonly #ended: Promise<void>
  #hasCome = false
  #changed: () => void = () => {
    this.#hasCome = true
  }

  constructor(jobId: string) {
    this.#ended = this.#listen(jobId)
    // Whoever watches is told; a stream that is opened ahead has nobody yet.
    this.#ended.catch(() => undefined)
  }

  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  /** Calls `changed` after each batch, and for those that have come already. Rejects where the stream breaks off. */
  watch(changed: () => void): Promise<void> {
    this.#changed = changed
    if (this.#hasCome) changed()
    return this.#ended
  }

  close(): void {
    this.#aborter.abort()
  }

  async #listen(jobId: string): Promise<void> {
    const curves = curvesOf(jobId)
    const stream = await client.jobs.metrics(
      { id: jobId, after: curves.cursor, ranges: RANGES },
      { signal: this.signal },
    )
    for await (const batch of stream) {
      if (this.signal.aborted) return
      curves.apply(batch)
      this.#changed()
    }
  }
}

let ahead: { jobId: string; stream: CurveStream; timer: ReturnType<typeof setTimeout> } | null = null

/** The curves are on their way while the page that will show them is still being made. */
export function openCurvesAhead(jobId: string): void {
  ahead?.stream.close()
  clearTimeout(ahead?.timer)
  const stream = new CurveStream(jobId)
  const timer = setTimeout(() => {
    stream.close()
    ahead = null
  }, UNWANTED_MS)
  ahead = { jobId, stream, timer }
}

/** The one that was opened ahead, or a new one. Its taker closes it. */
export function openCurveStream(jobId: string): CurveStream {
  if (ahead?.jobId !== jobId) return new CurveStream(jobId)
  const { stream, timer } = ahead
  clearTimeout(timer)
  ahead = null
  return stream
}
