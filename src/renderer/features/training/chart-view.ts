/** How the charts are looked at, kept in the address: smoothing, log axis, the window of steps. */
import { useCallback, useEffect, useState } from 'react'
import type { StepWindow } from '../../components/charts/line-data.ts'
import { keepInAddress, setParams, useRoute } from '../../route/use-route.ts'

export interface ChartView {
  smoothing: number
  logarithmic: boolean
  window: StepWindow | null
  setSmoothing(weight: number): void
  setLogarithmic(on: boolean): void
  setWindow(window: StepWindow | null): void
}

export function parseWindow(text: string | undefined): StepWindow | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '')
  const [from, to] = [Number(match?.[1]), Number(match?.[2])]
  return match !== null && from < to ? [from, to] : null
}

/** `usual` is the smoothing where none was chosen. */
export function useChartView(usual: number): ChartView {
  const { params } = useRoute()
  const smoothing = Number(params.smooth ?? usual)
  const [window, setWindow] = useState(() => parseWindow(params.x))
  // Back and forward.
  useEffect(() => setWindow(parseWindow(params.x)), [params.x])
  return {
    smoothing: smoothing >= 0 && smoothing < 1 ? smoothing : 0,
    logarithmic: params.log === '1',
    window,
    setSmoothing: useCallback(weight => setParams({ smooth: weight === usual ? '' : String(weight) }), [usual]),
    setLogarithmic: useCallback(on => setParams({ log: on ? '1' : '' }), []),
    setWindow: useCallback(next => {
      setWindow(next)
      // Nothing else on the page depends on it, so nothing else is told.
      keepInAddress({ x: next === null ? '' : `${next[0]}-${next[1]}` })
    }, []),
  }
}
