/**
 * Quasi-Newton minimisation of a smooth function of a few variables: L-BFGS with a backtracking line search under the
 * Armijo and the curvature-kept update (Nocedal & Wright, Numerical Optimization, algorithms 7.4–7.5).
 */
export interface Evaluation {
  readonly value: number
  readonly gradient: readonly number[]
}

export interface Minimum extends Evaluation {
  readonly at: readonly number[]
  readonly evaluations: number
  readonly converged: boolean
}

export interface MinimiseOptions {
  readonly maxEvaluations: number
  /** Stops when no component of the gradient is larger. */
  readonly gradientTolerance: number
  /** Longest step along any one variable. */
  readonly maxStep: number
}

const HISTORY = 8
const ARMIJO = 1e-4

/** `evaluate` may answer with a value that is not finite: such a point is never taken. */
export async function minimise(
  evaluate: (at: readonly number[]) => Promise<Evaluation>,
  start: readonly number[],
  options: MinimiseOptions,
): Promise<Minimum> {
  let at = [...start]
  let current = await evaluate(at)
  let evaluations = 1
  if (!Number.isFinite(current.value)) throw new Error('The function is not finite where the search starts')
  const steps: { s: number[]; y: number[] }[] = []
  const done = () => Math.max(...current.gradient.map(Math.abs)) <= options.gradientTolerance
  while (!done() && evaluations < options.maxEvaluations) {
    const direction = clampStep(descentDirection(current.gradient, steps), options.maxStep)
    const slope = dot(direction, current.gradient)
    let scale = 1
    let next: Evaluation | undefined
    let candidate = at
    while (evaluations < options.maxEvaluations) {
      candidate = at.map((x, i) => x + scale * direction[i]!)
      const trial = await evaluate(candidate)
      evaluations++
      if (Number.isFinite(trial.value) && trial.value <= current.value + ARMIJO * scale * slope) {
        next = trial
        break
      }
      scale /= 2
      if (scale < 1e-6) break
    }
    if (next === undefined) return { at, ...current, evaluations, converged: false }
    const s = candidate.map((x, i) => x - at[i]!)
    const y = next.gradient.map((g, i) => g - current.gradient[i]!)
    if (dot(s, y) > 1e-12) steps.push({ s, y })
    if (steps.length > HISTORY) steps.shift()
    at = candidate
    current = next
  }
  return { at, ...current, evaluations, converged: done() }
}

/** Two-loop recursion; steepest descent while there is no history. */
function descentDirection(gradient: readonly number[], steps: readonly { s: number[]; y: number[] }[]): number[] {
  const q = [...gradient]
  const alphas: number[] = []
  for (const { s, y } of steps.toReversed()) {
    const alpha = dot(s, q) / dot(s, y)
    alphas.push(alpha)
    for (let i = 0; i < q.length; i++) q[i] = q[i]! - alpha * y[i]!
  }
  const last = steps.at(-1)
  const scale = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, last.y)
  for (let i = 0; i < q.length; i++) q[i] = q[i]! * scale
  for (const { s, y } of steps) {
    const beta = dot(y, q) / dot(s, y)
    const alpha = alphas.pop()!
    for (let i = 0; i < q.length; i++) q[i] = q[i]! + s[i]! * (alpha - beta)
  }
  return q.map(value => -value)
}

function clampStep(direction: number[], maxStep: number): number[] {
  const longest = Math.max(...direction.map(Math.abs))
  return longest > maxStep ? direction.map(value => (value * maxStep) / longest) : direction
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
