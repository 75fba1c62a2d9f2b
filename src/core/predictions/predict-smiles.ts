/** Predictions of some structures: features from the chemistry worker, values from the predictor. */
import type { ErrorBody } from '../../shared/errors.ts'
import { type PredictedBlock, type PredictedValue, VALUE_COLUMNS } from '../../shared/predictor-protocol.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import type { AnsweringModel } from './answering-models.ts'
import type { PredictorService } from './predictor-service.ts'

export interface PredictDeps {
  chemistry: Pick<ChemistryService, 'request'>
  predictor: PredictorService
}

export interface PredictTask {
  smiles: string[]
  /** How many measured analogues to name. */
  nearest: number
  signal?: AbortSignal
}

export type PredictedItem = { ok: true; value: PredictedValue } | { ok: false; error: ErrorBody }

/** [smiles]. A structure that cannot be read is its own error; a model that cannot be used fails them all. */
export async function predictSmiles(
  deps: PredictDeps,
  model: AnsweringModel,
  task: PredictTask,
): Promise<PredictedItem[]> {
  const call = task.signal === undefined ? {} : { signal: task.signal }
  const sections = [...model.sections]
  const { result } = await deps.chemistry.request('featuriseBlock', { smiles: task.smiles, sections }, call)
  const question = { modelFolder: model.folder, records: result.records, nearest: task.nearest }
  const block = await deps.predictor.predict(question, call)
  const refusals = new Map(result.refusals.map(refusal => [refusal.position, refusal]))
  return task.smiles.map((_, position): PredictedItem => {
    const refusal = refusals.get(position)
    if (refusal === undefined) return valueAt(block, position)
    return { ok: false, error: { code: 'ERR_2003', message: refusal.message, details: { rule: refusal.rule } } }
  })
}

/** A row of what the predictor answered; a row without numbers is an error of its own. */
export function valueAt({ values, nearest }: PredictedBlock, position: number): PredictedItem {
  const at = VALUE_COLUMNS.length * position
  const prediction = values[at]!
  if (Number.isFinite(prediction)) {
    const [lower, upper, domainDistance] = [orNone(values[at + 1]!), orNone(values[at + 2]!), orNone(values[at + 3]!)]
    return { ok: true, value: { prediction, lower, upper, domainDistance, nearest: nearest[position] ?? [] } }
  }
  return { ok: false, error: { code: 'ERR_7002', message: 'the model gives no number for this compound' } }
}

/** What a model does not have (an interval, a domain) is not a number on the way. */
function orNone(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
