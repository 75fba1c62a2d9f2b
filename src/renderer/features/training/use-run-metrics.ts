import { useEffect, useRef, useState } from 'react'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { Series } from '../../components/charts/series.ts'

/** Charts are drawn at most this often, however fast points arrive. */
const REDRAW_MS = 250

export interface RunMetrics {
  /** By metric name, e.g. `validation.rmse`; x is the training step. */
  series: ReadonlyMap<string, Series>
  /** Grows with every redraw. */
  version: number
  error: UiError | undefined
}

/** The curves of a run: all there are, then each new batch as it comes, across reconnections without gap or repetition. */
export function useRunMetrics(jobId: string, live: boolean): RunMetrics {
  const epoch = useApp(state => state.epoch)
  const store = useRef({ jobId, cursor: 0, series: new Map<string, Series>() })
  const [version, setVersion] = useState(0)
  const [error, setError] = useState<UiError>()
  if (store.current.jobId !== jobId) store.current = { jobId, cursor: 0, series: new Map() }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that goes on (`live`) and a new connection (`epoch`) open a new stream
  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    const mine = store.current
    let timer: ReturnType<typeof setTimeout> | undefined
    const redrawSoon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        setVersion(count => count + 1)
      }, REDRAW_MS)
    }
    const listen = async (): Promise<void> => {
      for await (const batch of await client.jobs.metrics({ id: jobId, after: mine.cursor }, { signal })) {
        if (signal.aborted) return
        for (const { name, steps, values } of batch.curves) {
          const series = seriesOf(mine.series, name)
          for (const [i, step] of steps.entries()) series.push(step, values[i] ?? Number.NaN)
        }
        mine.cursor = batch.cursor
        redrawSoon()
      }
    }
    setError(undefined)
    listen().catch((failure: unknown) => isAbort(failure, signal) || setError(toUiError(failure)))
    return () => {
      aborter.abort()
      clearTimeout(timer)
    }
  }, [jobId, live, epoch])

  return { series: store.current.series, version, error }
}

function seriesOf(all: Map<string, Series>, name: string): Series {
  const known = all.get(name)
  if (known) return known
  const created = new Series()
  all.set(name, created)
  return created
}
