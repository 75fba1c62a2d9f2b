import { useEffect, useMemo, useRef, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { isEnded } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { curvesOf, type RunCurves } from './curve-feed.ts'
import { type CurveStream, createCurveStreams } from './curve-stream.ts'

/** Charts are drawn at most this often, however fast points arrive; the first ones at once. */
const REDRAW_MS = 250

/** Each gives two points: at 300 to 480 pixels a panel, one or two a pixel. 500 took a sixth longer to be seen. */
export const RANGES = 300

export const curveStreams = createCurveStreams((wanted, options) =>
  client.jobs.metrics({ ...wanted, ranges: RANGES }, options),
)

export interface WatchedRun {
  job: Job
  curves: RunCurves
}

export interface WatchedCurves {
  runs: readonly WatchedRun[]
  /** Grows with every redraw. */
  version: number
  error: UiError | undefined
}

/** The curves of some runs: all there are, then each new batch as it comes, across reconnections without gap or repetition. */
export function useCurves(jobs: readonly Job[]): WatchedCurves {
  const epoch = useApp(state => state.epoch)
  const [version, setVersion] = useState(0)
  const [error, setError] = useState<UiError>()
  const streams = useRef(new Map<string, CurveStream>())
  const redraw = useRedraw(() => setVersion(count => count + 1))
  // A run that goes on and a new connection open a new stream.
  const keys = jobs.map(job => `${job.id} ${!isEnded(job)} ${epoch}`)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for the jobs
  useEffect(() => {
    for (const [key, stream] of streams.current) {
      if (keys.includes(key)) continue
      stream.close()
      streams.current.delete(key)
    }
    for (const key of keys) {
      if (streams.current.has(key)) continue
      const id = key.split(' ', 1)[0] as string
      const stream = curveStreams.take(id)
      streams.current.set(key, stream)
      setError(undefined)
      stream.watch(redraw).catch((failure: unknown) => isAbort(failure, stream.signal) || setError(toUiError(failure)))
    }
  }, [keys.join()])
  useEffect(() => {
    const open = streams.current
    return () => {
      for (const stream of open.values()) stream.close()
      open.clear()
    }
  }, [])

  const runs = useMemo(() => jobs.map(job => ({ job, curves: curvesOf(job.id) })), [jobs])
  return { runs, version, error }
}

function useRedraw(draw: () => void): () => void {
  const latest = useRef(draw)
  latest.current = draw
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const drawnAt = useRef(-Infinity)
  useEffect(() => () => clearTimeout(timer.current), [])
  return useRef(() => {
    const wait = drawnAt.current + REDRAW_MS - performance.now()
    const now = (): void => {
      timer.current = undefined
      drawnAt.current = performance.now()
      latest.current()
    }
    if (timer.current !== undefined) return
    if (wait <= 0) now()
    else timer.current = setTimeout(now, wait)
  }).current
}
