/** What of a question stands in the address beside the model: further models, and those that may stand in. */
import type { Model } from '../../../shared/contract/models.ts'
import { setParams, useRoute } from '../../route/use-route.ts'

export interface ModelChoices {
  /** In order of preference. */
  fallback: string[]
  also: string[]
}

/** Only models that are there, and that predict the same kind of affinity as the chosen one. */
export function useModelChoices(model: Model, models: readonly Model[]): ModelChoices {
  const { params } = useRoute()
  const usable = new Set(models.filter(other => other.id !== model.id && isAlike(other, model)).map(other => other.id))
  const listOf = (name: string): string[] => (params[name] ?? '').split(',').filter(id => usable.has(id))
  return { fallback: listOf('fallback'), also: listOf('also') }
}

export function isAlike(other: Model, model: Model): boolean {
  return other.endpoint === model.endpoint
}

export function setModelChoice(name: keyof ModelChoices, ids: readonly string[]): void {
  setParams({ [name]: ids.join(',') })
}
