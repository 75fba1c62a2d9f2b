/** Models as rows. */
import type { Model, ModelCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'
import { filesOf } from './card-file.ts'

interface Row {
  id: string
  name: string
  job_id: string
  dataset_id: string
  recipe: Model['recipe']
  endpoint: Model['endpoint']
  target: string | null
  simulated: 0 | 1
  test_rmse: number | null
  size_bytes: number
  created_at: number
}

export function listModels(store: StoreReader): Model[] {
  return store.all<Row>('SELECT * FROM models ORDER BY created_at DESC, id').map(toModel)
}

export function findModel(store: StoreReader, id: string): Model | null {
  const row = store.one<Row>('SELECT * FROM models WHERE id = ?', [id])
  return row === undefined ? null : toModel(row)
}

/** ERR_3003 where there is none. */
export function getModel(store: StoreReader, id: string): Model {
  const model = findModel(store, id)
  if (model === null) throw new AppError('ERR_3003', `there is no model ${id}`, { details: { model: id } })
  return model
}

export function insertModel(
  store: StoreWriter,
  { id, name, jobId, card }: { id: string; name: string; jobId: string; card: ModelCard },
): void {
  store.run(
    `INSERT INTO models (id, name, job_id, dataset_id, recipe, endpoint, target, simulated, test_rmse, size_bytes, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      name,
      jobId,
      card.dataset.id,
      card.recipe,
      card.endpoint,
      card.target,
      card.dataset.simulated ? 1 : 0,
      card.metrics.test.rmse,
      filesOf(card).reduce((sum, file) => sum + file.sizeBytes, 0),
      card.createdAt,
    ],
  )
}

function toModel(row: Row): Model {
  return {
    id: row.id,
    name: row.name,
    jobId: row.job_id,
    datasetId: row.dataset_id,
    recipe: row.recipe,
    endpoint: row.endpoint,
    target: row.target,
    simulated: row.simulated === 1,
    testRmse: row.test_rmse,
    createdAt: row.created_at,
    sizeBytes: row.size_bytes,
  }
}
