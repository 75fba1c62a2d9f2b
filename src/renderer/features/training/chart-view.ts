/** How the charts are looked at, kept in the address: smoothing, log axis, the window of steps. */
import { useCallback, useMemo } from 'react'
import type { StepWindow } from '../../components/charts/line-data.ts'
import { setParams, useRoute } from '../../route/use-route.ts'

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

export function useChartView(): ChartView {
  const { params } = useRoute()
  const smoothing = Number(params.smooth ?? 0)
  const window = useMemo(() => parseWindow(params.x), [params.x])
  return {
    smoothing: smoothing >= 0 && smoothing < 1 ? smoothing : 0,
    logarithmic: params.log === '1',
    window,
    setSmoothing: useCallback(weight => setParams({ smooth: weight === 0 ? '' : String(weight) }), []),
    setLogarithmic: useCallback(on => setParams({ log: on ? '1' : '' }), []),
    setWindow: useCallback(next => setParams({ x: next === null ? '' : `${next[0]}-${next[1]}` }), []),
  }
}
