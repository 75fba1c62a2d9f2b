import type { ModelCard } from '../../shared/contract/models.ts'

/** Rows known as bounds only that no part of the prediction has learned from; a part of no weight is none. */
export function boundsLeftOut(parts: ModelCard['parts']): number {
  return Math.min(...parts.filter(part => part.weight > 0).map(part => part.boundsLeftOut))
}
