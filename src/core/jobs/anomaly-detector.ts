/**
 * Finds what looks wrong in the curves of a run while they grow. Pure. Every threshold comes from the run's own history: medians and
 * median absolute deviations (times 1.4826, which is the standard deviation of a normal spread; Hampel 1974), of logarithms where
 * values are positive, because the noise of a loss and of a gradient is relative. Each model of an ensemble has a history of its own.
 */
import type { Anomaly } from '../../shared/contract/anomalies.ts'
import { createEpochRules } from './anomaly-epochs.ts'
import { createHistory, type History, medianOf } from './anomaly-history.ts'
import type { MetricRow } from './metrics-store.ts'

export type FoundAnomaly = Omit<Anomaly, 'at'>

export interface AnomalyDetector {
  /** Rows in the order they were written. What they complete is judged at once, a step when its last row has come. */
  take(rows: readonly MetricRow[]): FoundAnomaly[]
  /** Judges the last step too. */
  finish(): FoundAnomaly[]
}

/** Points before a history says what is usual. */
const LEAST_HISTORY = 40
/** Deviations from the median, and times the median, that make a spike: both, so that neither a quiet nor a wild curve cries wolf. */
const SPIKE = { deviations: 8, ratio: 4, criticalRatio: 100 }
const EXPLODING = { deviations: 8, ratio: 20, times: 3, within: 20 }
/** Of the gradient norm the model began with, while the learning rate is not yet small. */
const VANISHING_RATIO = 1e-3
const SLOW_RATIO = 0.5
/** A slow change need not be looked for at every point. */
const JUDGED_EVERY = 10
/** Points for which a rule that has spoken stays silent. */
const SILENCE = 100

export function createAnomalyDetector(): AnomalyDetector {
  const notFinite = new Set<string>()
  const speed = createSpeedRule()
  let model = createModelRules()
  let step = -1
  let waiting: MetricRow[] = []

  function judge(): FoundAnomaly[] {
    const values = new Map(waiting.map(({ name, value }) => [name, value]))
    const found: FoundAnomaly[] = []
    for (const [metric, value] of values) {
      if (value !== null) notFinite.delete(metric)
      else if (!notFinite.has(metric)) {
        notFinite.add(metric)
        found.push({ rule: 'notFinite', severity: 'critical', metric, step, value, typical: null })
      }
    }
    const finite = new Map([...values].filter((pair): pair is [string, number] => pair[1] !== null))
    if (model.beginsAnew(finite)) model = createModelRules()
    found.push(...model.judge(step, finite))
    const slow = speed(step, finite.get('itemsPerSecond'))
    return slow === null ? found : [...found, slow]
  }

  function finish(): FoundAnomaly[] {
    const found = waiting.length === 0 ? [] : judge()
    waiting = []
    return found
  }

  return {
    finish,
    take: rows => {
      const found: FoundAnomaly[] = []
      for (const row of rows) {
        if (row.step !== step) {
          found.push(...finish())
          // A run that goes on from a checkpoint tells steps again that were judged already.
          if (row.step < step) model = createModelRules()
          step = row.step
        }
        waiting.push(row)
      }
      return found
    },
  }
}

/** The rules about one model of a run. */
function createModelRules() {
  const loss = createHistory(200)
  const gradient = createHistory(200)
  const epochs = createEpochRules()
  const beginning: number[] = []
  let exceeded: number[] = []
  let points = 0
  let silentUntil = { spike: 0, exploding: 0, vanishing: 0 }
  let rate = { last: 0, highest: 0, isFalling: false }

  function spike(step: number, value: number): FoundAnomaly | null {
    const limit = limitOf(loss, SPIKE)
    loss.add(value)
    if (limit === null || value <= limit.above || points < silentUntil.spike) return null
    silentUntil = { ...silentUntil, spike: points + SILENCE }
    const severity = value > limit.typical * SPIKE.criticalRatio ? 'critical' : 'warning'
    return { rule: 'spike', severity, metric: 'train.loss', step, value, typical: limit.typical }
  }

  /** Once may be a bad batch, which clipping takes care of; several times is a step size that is too large. */
  function exploding(step: number, value: number): FoundAnomaly | null {
    const limit = limitOf(gradient, EXPLODING)
    if (limit !== null && value > limit.above) exceeded.push(points)
    else gradient.add(value)
    exceeded = exceeded.filter(point => point > points - EXPLODING.within)
    if (limit === null || exceeded.length < EXPLODING.times || points < silentUntil.exploding) return null
    silentUntil = { ...silentUntil, exploding: points + SILENCE }
    return {
      rule: 'explodingGradient',
      severity: 'critical',
      metric: 'gradientNorm',
      step,
      value,
      typical: limit.typical,
    }
  }

  function vanishing(step: number, value: number): FoundAnomaly | null {
    if (beginning.length < LEAST_HISTORY) beginning.push(value)
    if (points < 2 * LEAST_HISTORY || points < silentUntil.vanishing || points % JUDGED_EVERY !== 0) return null
    const recent = gradient.recentMedian(LEAST_HISTORY)
    if (recent === null) return null
    const typical = medianOf(beginning)
    const isSmallStep = rate.last < rate.highest * 0.1
    if (isSmallStep || recent >= typical * VANISHING_RATIO) return null
    silentUntil = { ...silentUntil, vanishing: Infinity }
    return { rule: 'vanishingGradient', severity: 'warning', metric: 'gradientNorm', step, value, typical }
  }

  return {
    /** The learning rate rises again after it fell, or drops at once: the next model of an ensemble has begun. */
    beginsAnew: (values: ReadonlyMap<string, number>): boolean => {
      const learningRate = values.get('learningRate')
      if (learningRate === undefined || rate.last === 0) return false
      return (rate.isFalling && learningRate > rate.last) || learningRate < rate.last * 0.2
    },
    judge: (step: number, values: ReadonlyMap<string, number>): FoundAnomaly[] => {
      const learningRate = values.get('learningRate')
      if (learningRate !== undefined) {
        const { last, highest } = rate
        rate = { last: learningRate, highest: Math.max(highest, learningRate), isFalling: learningRate < last }
      }
      const [lossValue, norm] = [values.get('train.loss'), values.get('gradientNorm')]
      if (lossValue !== undefined || norm !== undefined) points++
      const found = [
        lossValue === undefined ? null : spike(step, lossValue),
        norm === undefined ? null : exploding(step, norm),
        norm === undefined ? null : vanishing(step, norm),
        ...epochs(step, values, rate.last >= rate.highest * 0.3),
      ]
      return found.filter(each => each !== null)
    },
  }
}

interface Limit {
  typical: number
  above: number
}

/** Above which a value is out of the ordinary; `null` while too little is known, or where nothing is positive. */
function limitOf(history: History, { deviations, ratio }: { deviations: number; ratio: number }): Limit | null {
  const usual = history.length < LEAST_HISTORY ? null : history.logSpread()
  if (usual === null) return null
  const typical = Math.exp(usual.median)
  return { typical, above: Math.max(typical * ratio, Math.exp(usual.median + deviations * usual.deviation)) }
}

/** Speed is the machine's, not the model's: its history spans the run. */
function createSpeedRule() {
  const WINDOW = 20
  const medians: number[] = []
  let recent: number[] = []
  let isSlow = false
  return (step: number, value: number | undefined): FoundAnomaly | null => {
    if (value === undefined) return null
    recent.push(value)
    if (recent.length < WINDOW) return null
    const now = medianOf(recent)
    recent = []
    const typical = medians.length < 3 ? null : medianOf(medians)
    if (typical === null || now >= typical * SLOW_RATIO) {
      medians.push(now)
      if (typical !== null && now > typical * 0.8) isSlow = false
      return null
    }
    if (isSlow) return null
    isSlow = true
    return { rule: 'slowDown', severity: 'warning', metric: 'itemsPerSecond', step, value: now, typical }
  }
}
