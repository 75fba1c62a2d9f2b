import type { TrainResult } from '../../shared/contract/jobs.ts'
import type { MessageKey } from '../i18n/translate.ts'

/** Is the model better than what costs nothing? A margin under 5 % is no margin. */
export function verdictKey(testRmse: number | null, { nearest, mean }: TrainResult['baselines']): MessageKey {
  const floors = [nearest.rmse, mean.rmse].filter(value => value !== null)
  if (testRmse === null || floors.length === 0) return 'verdict.unknown'
  const floor = Math.min(...floors)
  if (testRmse <= floor * 0.95) return 'verdict.better'
  return testRmse < floor * 1.05 ? 'verdict.equal' : 'verdict.worse'
}
