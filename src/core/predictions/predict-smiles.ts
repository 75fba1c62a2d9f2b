/** Predictions of some structures: features from the chemistry worker, values from the predictor. */
import { sectionsOf } from '../../recipes/feature-presets.ts'
import type { ErrorBody } from '../../shared/errors.ts'
import type { PredictedValue } from '../../shared/predictor-protocol.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import type { CheckedModels } from './model-cards.ts'
import type { PredictorService } from './predictor-service.ts'

export interface PredictDeps {
  models: CheckedModels
  chemistry: Pick<ChemistryService, 'featurise'>
  predictor: PredictorService
}

export interface PredictTask {
  modelId: string
  smiles: string[]
  /** How many measured analogues to name. */
  nearest: number
  signal?: AbortSignal
}

export type PredictedItem = { ok: true; value: PredictedValue } | { ok: false; error: ErrorBody }

/** [smiles]. A structure that cannot be read is its own error; a model that cannot be used fails them all. */
export async function predictSmiles(deps: PredictDeps, task: PredictTask): Promise<PredictedItem[]> {
  const { folder, card } = await deps.models.get(task.modelId)
  const call = task.signal === undefined ? {} : { signal: task.signal }
  const featurised = await deps.chemistry.featurise(task.smiles, [...sectionsOf(card.featurePreset)], call)
  const records = featurised.flatMap(item => (item.ok ? [item.record] : []))
  const question = { modelFolder: folder, records, nearest: task.nearest }
  const values = records.length === 0 ? [] : await deps.predictor.predict(question, call)
  let next = 0
  return featurised.map(item =>
    item.ok
      ? { ok: true, value: values[next++]! }
      : { ok: false, error: { code: 'ERR_2003', message: item.message, details: { rule: item.rule } } },
  )
}
