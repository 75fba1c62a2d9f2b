import { useEffect, useState } from 'react'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import type { StepWindow } from '../../components/charts/line-data.ts'
import type { Series } from '../../components/charts/series.ts'
import { addCurve } from './curve-feed.ts'
import { RANGES, type WatchedCurves } from './use-curves.ts'

/** By job, then by metric name. */
export type WindowCurves = ReadonlyMap<string, ReadonlyMap<string, Series>>

interface Fetched {
  window: StepWindow
  curves: WindowCurves
}

const NONE: WindowCurves = new Map()

/** The curves within a window, finer than their outlines; nothing is asked for where the page has the points themselves. */
export function useWindowCurves(
  { runs }: Pick<WatchedCurves, 'runs'>,
  names: readonly string[],
  window: StepWindow | null,
): { curves: WindowCurves; error: UiError | undefined } {
  const [fetched, setFetched] = useState<Fetched | null>(null)
  const [error, setError] = useState<UiError>()
  const ids = runs.map(({ job }) => job.id).join()
  const wanted = names.join()

  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts stand for the lists
  useEffect(() => {
    if (window === null) return
    const [from, to] = window
    const aborter = new AbortController()
    const outlined = runs.flatMap(({ job, curves }) => {
      const coarse = names.filter(name => curves.series.get(name)?.isExactFrom(from) === false)
      return coarse.length === 0 ? [] : [{ id: job.id, names: coarse }]
    })
    const fetchAll = async (): Promise<void> => {
      const answers = await Promise.all(
        outlined.map(each => client.jobs.curves({ ...each, from, to, ranges: RANGES }, { signal: aborter.signal })),
      )
      const curves = new Map<string, Map<string, Series>>()
      for (const [i, answer] of answers.entries()) {
        const byName = new Map<string, Series>()
        for (const curve of answer.curves) addCurve(byName, curve)
        curves.set((outlined[i] as { id: string }).id, byName)
      }
      setFetched({ window, curves })
    }
    setError(undefined)
    if (outlined.length > 0) {
      fetchAll().catch((failure: unknown) => isAbort(failure, aborter.signal) || setError(toUiError(failure)))
    }
    return () => aborter.abort()
  }, [ids, wanted, window?.[0], window?.[1]])

  const isCurrent = fetched !== null && fetched.window[0] === window?.[0] && fetched.window[1] === window?.[1]
  return { curves: isCurrent ? fetched.curves : NONE, error }
}
