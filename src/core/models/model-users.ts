/** What would lose its ground if a model went. */
import type { Model } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader } from '../store/handles.ts'

const MAX_NAMED = 5

/**
 * ERR_4002 naming the users: predictions that wait or run with it, beside another model or with it standing in, and what other parts say
 * of it.
 */
export function checkUnused(store: StoreReader, model: Model, others: readonly string[]): void {
  const jobs = store.all<{ name: string; number: number }>(
    `SELECT name, number FROM jobs WHERE kind = 'predict'
       AND state NOT IN ('completed', 'failed', 'cancelled', 'interrupted')
       AND (model_id = @id
         OR EXISTS (SELECT 1 FROM json_each(request, '$.fallback') WHERE value = @id)
         OR EXISTS (SELECT 1 FROM json_each(request, '$.also') WHERE value = @id)
         OR EXISTS (SELECT 1 FROM prediction_results AS r, json_each(r.models) AS m
             WHERE r.id = coalesce(json_extract(request, '$.resultId'), json_extract(request, '$.retryOf'))
               AND json_extract(m.value, '$.modelId') = @id))
     ORDER BY created_at, number`,
    { id: model.id },
  )
  const users = [...jobs.map(({ name, number }) => `the prediction "${name}" (#${number})`), ...others]
  if (users.length === 0) return
  const more = users.length > MAX_NAMED ? `, ${users.length - MAX_NAMED} more` : ''
  const named = users.slice(0, MAX_NAMED).join(', ') + more
  throw new AppError('ERR_4002', `model "${model.name}" is used by ${named}: cancel or change that first`, {
    details: { usedBy: users },
  })
}
