import { useEffect, useState } from 'react'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import type { StepWindow } from '../../components/charts/line-data.ts'
import type { Series } from '../../components/charts/series.ts'
import { addCurve } from './curve-feed.ts'
import { RANGES, type WatchedCurves } from './use-curves.ts'

/** By job, then by metric name. */
export type WindowCurves = ReadonlyMap<string, ReadonlyMap<string, Series>>

export interface ShownWindow {
  /** What the charts show; follows what is wanted as soon as its curves are there. */
  window: StepWindow | null
  curves: WindowCurves
}

const NONE: WindowCurves = new Map()
/** Curves that take longer are shown as coarse as they are known until they come. */
const PATIENCE_MS = 120

/**
 * The curves within a window, finer than their outlines; nothing is asked for where the page has the points themselves. Window and
 * curves change together, so that a zoom draws every chart once.
 */
export function useWindowCurves(
  { runs }: Pick<WatchedCurves, 'runs'>,
  names: readonly string[],
  wanted: StepWindow | null,
): { shown: ShownWindow; error: UiError | undefined } {
  const [shown, setShown] = useState<ShownWindow>({ window: wanted, curves: NONE })
  const [error, setError] = useState<UiError>()
  const ids = runs.map(({ job }) => job.id).join()

  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts stand for the lists
  useEffect(() => {
    setError(undefined)
    const coarse = wanted === null ? [] : outlinedOf(runs, names, wanted)
    if (wanted === null || coarse.length === 0) {
      setShown(now => (now.window === wanted && now.curves === NONE ? now : { window: wanted, curves: NONE }))
      return
    }
    const aborter = new AbortController()
    const timer = setTimeout(() => setShown({ window: wanted, curves: NONE }), PATIENCE_MS)
    fetchCurves(coarse, wanted, aborter.signal).then(
      curves => {
        clearTimeout(timer)
        if (!aborter.signal.aborted) setShown({ window: wanted, curves })
      },
      (failure: unknown) => isAbort(failure, aborter.signal) || setError(toUiError(failure)),
    )
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  }, [ids, names.join(), wanted?.[0], wanted?.[1]])

  return { shown, error }
}

interface Wanted {
  id: string
  names: string[]
}

/** The curves of which the page has no more than an outline there. */
function outlinedOf(runs: WatchedCurves['runs'], names: readonly string[], [from]: StepWindow): Wanted[] {
  return runs.flatMap(({ job, curves }) => {
    const coarse = names.filter(name => curves.series.get(name)?.isExactFrom(from) === false)
    return coarse.length === 0 ? [] : [{ id: job.id, names: coarse }]
  })
}

async function fetchCurves(wanted: readonly Wanted[], window: StepWindow, signal: AbortSignal): Promise<WindowCurves> {
  const [from, to] = window
  const answers = wanted.map(async each => {
    const { curves } = await client.jobs.curves({ ...each, from, to, ranges: RANGES }, { signal })
    const byName = new Map<string, Series>()
    for (const curve of curves) addCurve(byName, curve)
    return [each.id, byName] as const
  })
  return new Map(await Promise.all(answers))
}
