/** What each atom adds to a prediction: the prediction less that for the same features without what the atom takes part in. */
import type { Explanation } from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import { VALUE_COLUMNS } from '../../shared/predictor-protocol.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import type { AnsweringModel } from './answering-models.ts'
import type { PredictorService } from './predictor-service.ts'

export interface ExplainDeps {
  chemistry: Pick<ChemistryService, 'request'>
  predictor: PredictorService
}

/** ERR_2003 for what is no structure, ERR_7002 where the model gives no number for it. */
export async function explain(
  { chemistry, predictor }: ExplainDeps,
  model: AnsweringModel,
  { smiles, signal }: { smiles: string; signal?: AbortSignal },
): Promise<Explanation> {
  const call = signal === undefined ? {} : { signal }
  const { result } = await chemistry.request('hideAtoms', { smiles, sections: [...model.sections] }, call)
  if (!result.ok) throw new AppError('ERR_2003', result.message, { details: { rule: result.rule } })
  const { values } = await predictor.predict({ modelFolder: model.folder, records: result.records, nearest: 0 }, call)
  const predictions = Array.from(result.records.lengths, (_, row) => values[VALUE_COLUMNS.length * row]!)
  const { prediction, contributions } = contributionsOf(predictions)
  return { method: 'atom-hiding', smiles: result.smiles, prediction, contributions, answeredBy: model.answeredBy }
}

/** @param predictions [1 + atoms] of the whole, then without each atom. ERR_7002 where one is no number. */
export function contributionsOf(predictions: readonly number[]): { prediction: number; contributions: number[] } {
  const [prediction, ...hidden] = predictions
  if (prediction === undefined || !predictions.every(Number.isFinite)) {
    throw new AppError('ERR_7002', 'the model gives no number for this compound, or for it without one of its atoms')
  }
  return { prediction, contributions: hidden.map(without => prediction - without) }
}
