/** Rules about what a model has learnt after each epoch. Pure. */
import type { FoundAnomaly } from './anomaly-detector.ts'
import { medianOf } from './anomaly-history.ts'

/** Epochs before anything is said. */
const LEAST_EPOCHS = 12
/** Epochs whose median is held against the best one: one bad epoch is noise. */
const RECENT = 5
const DIVERGED = { epochs: 8, deviations: 6, ratio: 1.1 }
/** Without progress for this many epochs, and this share of all. */
const STILL = { epochs: 20, share: 0.3 }

interface Epoch {
  validation: number
  training: number | null
}

/** Judges the epochs of one model; `isLearning`: its learning rate is not yet small. */
export function createEpochRules() {
  const epochs: Epoch[] = []
  let hasDiverged = false
  let isStill = false

  return (step: number, values: ReadonlyMap<string, number>, isLearning: boolean): FoundAnomaly[] => {
    const validation = values.get('validation.rmse')
    if (validation === undefined) return []
    epochs.push({ validation, training: values.get('train.epochLoss') ?? null })
    if (epochs.length < LEAST_EPOCHS) return []
    const best = bestOf(epochs)
    const found: FoundAnomaly[] = []
    const about = { metric: 'validation.rmse', step, value: validation, severity: 'warning' as const }
    if (!hasDiverged && diverges(epochs, best)) {
      hasDiverged = true
      found.push({ rule: 'divergence', ...about, typical: epochs[best]!.validation })
    }
    if (!isStill && isLearning && !hasDiverged && standsStill(epochs, best)) {
      isStill = true
      found.push({ rule: 'plateau', ...about, typical: epochs[best]!.validation })
    }
    return found
  }
}

/** Validation gets worse than its own noise explains, while training still gets better. */
function diverges(epochs: readonly Epoch[], best: number): boolean {
  if (epochs.length - 1 - best < DIVERGED.epochs) return false
  const recent = medianOf(epochs.slice(-RECENT).map(({ validation }) => validation))
  const lowest = epochs[best]!.validation
  if (recent < lowest * DIVERGED.ratio || recent < lowest + DIVERGED.deviations * noiseOf(epochs)) return false
  const training = epochs.slice(-RECENT).flatMap(epoch => epoch.training ?? [])
  const before = epochs[best]!.training
  return before === null || training.length === 0 || medianOf(training) < before
}

/** Neither validation nor training has moved by more than noise for long. */
function standsStill(epochs: readonly Epoch[], best: number): boolean {
  const since = Math.max(STILL.epochs, Math.ceil(epochs.length * STILL.share))
  if (epochs.length < 2 * since) return false
  const half = since >> 1
  const level = (part: readonly Epoch[], of: 'validation' | 'training'): number =>
    medianOf(part.map(epoch => epoch[of] ?? epoch.validation))
  const [earlier, later] = [epochs.slice(-since, -half), epochs.slice(-half)]
  const isValidationStill =
    best < epochs.length - since || level(earlier, 'validation') - level(later, 'validation') < noiseOf(epochs) / 2
  const isTrainingStill = Math.abs(level(later, 'training') / level(earlier, 'training') - 1) < 0.01
  return isValidationStill && isTrainingStill
}

/** Robust standard deviation of validation from epoch to epoch, without its trend. */
function noiseOf(epochs: readonly Epoch[]): number {
  const steps = epochs.slice(-30).map((epoch, i, part) => (i === 0 ? 0 : epoch.validation - part[i - 1]!.validation))
  const middle = medianOf(steps.slice(1))
  return (1.4826 * medianOf(steps.slice(1).map(step => Math.abs(step - middle)))) / Math.SQRT2
}

function bestOf(epochs: readonly Epoch[]): number {
  let best = 0
  for (const [i, { validation }] of epochs.entries()) if (validation < epochs[best]!.validation) best = i
  return best
}
