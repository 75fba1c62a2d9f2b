/** How a gradient recipe is trained, whatever its architecture is. */
export interface TrainingPlan {
  readonly members: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Share of all steps in which the learning rate climbs. */
  readonly warmupFraction: number
  /** 0: the weights themselves are evaluated, else their moving average. */
  readonly emaDecay: number
  /** Epochs without a better validation error before a member ends. */
  readonly patience: number
}

/** Where the cosine ends, as a share of the plan's learning rate. */
const FINAL_SHARE = 0.01

/** Linear warm-up, then a cosine (Loshchilov and Hutter 2017). @param step Counted from 1 to `total`. */
export function learningRateAt(step: number, total: number, plan: TrainingPlan): number {
  const warmup = Math.round(plan.warmupFraction * total)
  if (step <= warmup) return (plan.learningRate * step) / warmup
  const progress = (step - warmup - 1) / Math.max(1, total - warmup - 1)
  return plan.learningRate * (FINAL_SHARE + ((1 - FINAL_SHARE) * (1 + Math.cos(Math.PI * progress))) / 2)
}

/** Decay of the moving average: shorter at first, so that the initial weights are soon forgotten. @param step Counted from 1. */
export function emaDecayAt(step: number, plan: TrainingPlan): number {
  return Math.min(plan.emaDecay, step / (step + 10))
}

/** Consecutive slices of about `size`, as equal as they can be, so that no step is taken on a handful of left-over rows. */
export function equalSlices(count: number, size: number): { start: number; end: number }[] {
  const slices = Math.ceil(count / size)
  return Array.from({ length: slices }, (_, i) => ({
    start: Math.round((i * count) / slices),
    end: Math.round(((i + 1) * count) / slices),
  }))
}
