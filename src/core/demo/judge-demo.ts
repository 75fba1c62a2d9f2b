import type { TrainResult } from '../../shared/contract/jobs.ts'

export interface DemoCheck {
  /** What was expected, with its figures. */
  text: string
  passed: boolean
}

/** A model that learnt the assay comes close to the noise nobody can get below … */
const NOISE_FACTOR = 1.5
/** … and is clearly better than what costs nothing. */
const FLOOR_FACTOR = 0.7

/** The three claims of the demo about its test rows. `noiseSd` and RMSE in pX units; a missing figure fails its check. */
export function judgeDemo(result: TrainResult, noiseSd: number): DemoCheck[] {
  const rmse = result.metrics.test.rmse
  const check = (name: string, factor: number, reference: number | null): DemoCheck => ({
    text: `test RMSE ${figure(rmse)} ≤ ${factor} × ${name} (${figure(reference)} → ${figure(reference === null ? null : factor * reference)})`,
    passed: rmse !== null && reference !== null && rmse <= factor * reference,
  })
  return [
    check('the noise of the assay', NOISE_FACTOR, noiseSd),
    check('predict-the-mean', FLOOR_FACTOR, result.baselines.mean.rmse),
    check('the nearest measured neighbour', FLOOR_FACTOR, result.baselines.nearest.rmse),
  ]
}

function figure(value: number | null): string {
  return value === null ? 'not available' : value.toFixed(3)
}
