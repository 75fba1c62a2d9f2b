/** What was done with a model, by whom and when. Entries are added and never changed. */
import { userInfo } from 'node:os'
import type { ModelAction, ModelLogEntry } from '../../shared/contract/registry.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'

export function logModel(
  store: StoreWriter,
  id: string,
  action: ModelAction,
  detail: ModelLogEntry['detail'] = {},
): void {
  store.run(
    `INSERT INTO model_log (model_id, sequence, at, actor, action, detail)
     VALUES ($id, 1 + (SELECT coalesce(max(sequence), 0) FROM model_log WHERE model_id = $id), $at, $actor, $action, $detail)`,
    { id, at: Date.now(), actor: actor(), action, detail: JSON.stringify(detail) },
  )
}

export function readModelLog(store: StoreReader, id: string): ModelLogEntry[] {
  return store
    .all<{ at: number; actor: string; action: ModelAction; detail: string }>(
      'SELECT at, actor, action, detail FROM model_log WHERE model_id = ? ORDER BY sequence',
      [id],
    )
    .map(row => ({ ...row, detail: JSON.parse(row.detail) as ModelLogEntry['detail'] }))
}

/** Where the system knows no name for the user (a container without one) there is none. */
function actor(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
