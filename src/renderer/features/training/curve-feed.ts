/** The curves of runs as the page holds them: each point is received once, however often its run is looked at. */
import type { Curve, MetricBatch } from '../../../shared/contract/metrics.ts'
import { Series } from '../../components/charts/series.ts'

/** The curves of one run, by metric name; x is the training step. */
export class RunCurves {
  readonly series = new Map<string, Series>()
  /** What the application goes on from when it is asked for more. */
  cursor = 0

  apply({ cursor, curves }: MetricBatch): void {
    for (const curve of curves) addCurve(this.series, curve)
    this.cursor = cursor
  }
}

export function addCurve(all: Map<string, Series>, { name, steps, values, means, counts }: Curve): void {
  let series = all.get(name)
  if (series === undefined) {
    series = new Series()
    all.set(name, series)
  }
  for (const [i, step] of steps.entries()) series.set(step, values[i] ?? Number.NaN, means?.[i], counts?.[i])
}

const KEPT_RUNS = 60
const kept = new Map<string, RunCurves>()

/** What is known of a run's curves; runs that were not looked at for longest are forgotten. */
export function curvesOf(jobId: string): RunCurves {
  const curves = kept.get(jobId) ?? new RunCurves()
  kept.delete(jobId)
  kept.set(jobId, curves)
  if (kept.size > KEPT_RUNS) kept.delete(kept.keys().next().value as string)
  return curves
}
