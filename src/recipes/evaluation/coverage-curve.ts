import type { EvaluatedPoint, Evaluation } from '../../shared/evaluation.ts'

const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

type Point = Pick<EvaluatedPoint, 'part' | 'measured' | 'predicted'> & { halfWidth: number }

/**
 * The share of test compounds within intervals of every level: an interval at 50 % should hold half of them. A level's interval is found
 * on the validation compounds as the model's own was (split conformal; Vovk, Gammerman, Shafer 2005): the ⌈(n + 1) · level⌉-th smallest
 * error, in units of the row's own half-width where those differ. Levels that n compounds cannot promise are left out.
 */
export function coverageCurve(points: readonly Point[], kind: 'absolute' | 'scaled'): Evaluation['coverage'] {
  const scoreOf = ({ measured, predicted, halfWidth }: Point) =>
    Math.abs(measured - predicted) / (kind === 'scaled' ? halfWidth : 1)
  const scores = (part: Point['part']) =>
    Float64Array.from(
      points.filter(point => point.part === part),
      scoreOf,
    )
  const calibration = scores('validation').sort()
  const test = scores('test')
  if (test.length === 0) return []
  return LEVELS.flatMap(level => {
    const rank = Math.ceil((calibration.length + 1) * level - 1e-9)
    if (rank > calibration.length) return []
    const quantile = calibration[rank - 1]!
    return [{ level, observed: test.filter(score => score <= quantile).length / test.length }]
  })
}
