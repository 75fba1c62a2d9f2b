/** A model made elsewhere, ready to predict. */
import { OrtSession } from '../node/ort-session.ts'
import { decodeDomain } from '../recipes/domain/domain-file.ts'
import { SimilarityIndex } from '../recipes/domain/similarity-index.ts'
import { predictForeign, sectionOfFingerprint } from '../recipes/serving/foreign-model.ts'
import type { ForeignCard } from '../shared/contract/foreign.ts'
import type { LoadedModel } from './loaded-model.ts'

export async function createForeign(
  card: ForeignCard,
  { model, domainBytes }: { model: Uint8Array; domainBytes: Uint8Array | null },
): Promise<LoadedModel> {
  const domain = domainBytes === null ? null : decodeDomain(domainBytes)
  const session = await OrtSession.create(model, { provider: 'cpu', threads: 1 })
  return {
    card,
    session,
    sections: [sectionOfFingerprint(card.input)],
    known:
      domain === null
        ? null
        : { domain, index: new SimilarityIndex(domain.fingerprints), tellsDistance: card.training !== null },
    conformal: card.conformal,
    answer: async (records, run) => {
      const prediction = await predictForeign(card, records, run)
      return { prediction, spread: new Float32Array(prediction.length) }
    },
    sizeBytes: model.length + (domainBytes?.length ?? 0),
  }
}
