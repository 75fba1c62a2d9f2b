/** Which charts a run has, and what each shows. Pure. */
import type { Job } from '../../../shared/contract/jobs.ts'
import type { MessageKey } from '../../i18n/translate.ts'

export interface Panel {
  /** Metric name, e.g. `train.loss`. */
  metric: string
  title: MessageKey
  unit: MessageKey | null
  /** Smoothing and a logarithmic axis make sense of it. */
  isNoisy: boolean
  fromZero: boolean
  /** Expected of every run of a network: there before its first point. */
  isExpected: boolean
}

const panel = (metric: string, title: MessageKey, more: Partial<Panel> = {}): Panel => ({
  metric,
  title,
  unit: null,
  isNoisy: true,
  fromZero: false,
  isExpected: false,
  ...more,
})

export const PANELS: readonly Panel[] = [
  panel('gp.negativeLogPosterior', 'chart.fit'),
  panel('train.loss', 'chart.loss', { unit: 'chart.lossUnit', isExpected: true }),
  panel('validation.rmse', 'chart.rmse', { unit: 'chart.rmseUnit', isExpected: true }),
  panel('learningRate', 'chart.learningRate', { isNoisy: false, fromZero: true, isExpected: true }),
  panel('gradientNorm', 'metric.gradientNorm', { isExpected: true }),
  panel('itemsPerSecond', 'metric.itemsPerSecond', { fromZero: true, isExpected: true }),
]

/** Told by other means: as marks, as the axis. */
const NOT_CURVES = new Set(['epoch', 'member'])

export function panelsFor(jobs: readonly Job[], names: ReadonlySet<string>): Panel[] {
  const hasNetwork = jobs.some(({ train }) => train !== null && train.recipe !== 'tanimoto-gp')
  return PANELS.filter(({ metric, isExpected }) => names.has(metric) || (isExpected && hasNetwork))
}

/** Metric names beyond the usual ones, for whoever wants to see them. */
export function otherMetrics(names: Iterable<string>): string[] {
  const usual = new Set(PANELS.map(({ metric }) => metric))
  return [...names].filter(name => !usual.has(name) && !NOT_CURVES.has(name)).sort()
}
