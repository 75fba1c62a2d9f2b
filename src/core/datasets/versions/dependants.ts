/** What would lose its ground if data sets were deleted. */
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { AppError } from '../../../shared/errors.ts'
import type { StoreReader } from '../../store/handles.ts'

const MAX_NAMED = 5

/**
 * ERR_4002 naming the models trained on any of them, what was predicted with those, and the runs that are not done or could go on;
 * ERR_4001 where one is being imported.
 */
export function checkUnused(store: StoreReader, datasets: readonly Dataset[]): void {
  const users = datasets.flatMap(dataset => dependantsOf(store, dataset))
  const [first] = datasets
  if (users.length === 0 || first === undefined) return
  const more = users.length > MAX_NAMED ? `, ${users.length - MAX_NAMED} more` : ''
  const named = users.slice(0, MAX_NAMED).join(', ') + more
  throw new AppError('ERR_4002', `data set "${first.name}" is used by ${named}: remove them first`, {
    details: { usedBy: users },
  })
}

function dependantsOf(store: StoreReader, dataset: Dataset): string[] {
  const jobs = store.all<{ name: string; kind: string; number: number }>(
    `SELECT name, kind, number FROM jobs
     WHERE dataset_id = ? AND (state NOT IN ('completed', 'failed', 'cancelled', 'interrupted')
       -- A run that ended early can be resumed.
       OR kind = 'train' AND (state = 'interrupted' OR state <> 'completed' AND has_checkpoint = 1))
     ORDER BY created_at, number`,
    [dataset.id],
  )
  if (dataset.state === 'importing' && jobs.some(job => job.kind === 'import')) {
    throw new AppError('ERR_4001', `data set "${dataset.name}" is being imported: cancel the import instead`)
  }
  const models = store.all<{ id: string; name: string }>(
    'SELECT id, name FROM models WHERE dataset_id = ? AND trashed_at IS NULL ORDER BY created_at, id',
    [dataset.id],
  )
  const predictions = models.flatMap(({ id }) =>
    store.all<{ file: string }>('SELECT file_name AS file FROM prediction_results WHERE model_id = ? ORDER BY id', [
      id,
    ]),
  )
  return [
    ...models.map(({ name }) => `model "${name}"`),
    ...jobs.map(({ name, kind, number }) => `job "${name}" (${kind} #${number})`),
    ...predictions.map(({ file }) => `predictions of "${file}"`),
  ]
}
