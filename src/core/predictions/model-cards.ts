/** Cards of models whose files have been checked against them, once a process. */
import type { AnyCard } from '../../shared/contract/models.ts'
import type { ModelService } from '../models/create-models.ts'

export interface CheckedModels {
  /** ERR_3003 where there is no such model, ERR_7003 where its files are not those of its card. */
  get(modelId: string): Promise<{ folder: string; card: AnyCard }>
}

/** Hashing a model of some megabytes takes some tens of milliseconds: too long for every keystroke of a sketcher. */
export function createCheckedModels(models: ModelService): CheckedModels {
  const cards = new Map<string, Promise<AnyCard>>()
  models.onRemove(async ({ id }) => void cards.delete(id))
  return {
    get: async id => {
      models.find(id)
      let card = cards.get(id)
      if (card === undefined) {
        card = models.get(id).then(found => found.card)
        cards.set(id, card)
        // A fault may be repaired by the user; the next call looks again.
        card.catch(() => cards.delete(id))
      }
      return { folder: models.folder(id), card: await card }
    },
  }
}
