/** A receipt: everything that a single prediction rests on, so that it can be checked and repeated. */
import type { Prediction, Receipt } from '../../shared/contract/predictions.ts'
import { domainOf } from '../../shared/domain-verdict.ts'
import type { AnsweringModel } from './answering-models.ts'

export function createReceipt(
  model: AnsweringModel,
  prediction: Prediction,
  { version, at }: { version: string; at: number },
): Receipt {
  const { card, answeredBy } = model
  const { smiles, nearest, domainDistance } = prediction
  return {
    format: 'bindery-receipt-1',
    createdAt: at,
    application: { name: 'bindery', version },
    model: {
      id: model.id,
      name: answeredBy.name,
      sha256: card.files.model.sha256,
      recipe: card.recipe,
      preset: card.preset,
      featurePreset: card.featurePreset,
      runtime: card.application.runtime,
      endpoint: card.endpoint,
      target: card.target,
      dataset: {
        name: card.dataset.name,
        sha256: card.dataset.sha256,
        rows: card.dataset.rows,
        simulated: card.dataset.simulated,
      },
      testRmse: card.metrics.test.rmse,
    },
    instead: answeredBy.instead,
    input: { smiles },
    unit: 'pX',
    prediction: prediction.prediction,
    /** mol/L */
    molar: 10 ** -prediction.prediction,
    interval: {
      level: card.conformal.level,
      lower: prediction.lower,
      upper: prediction.upper,
      method: 'split conformal',
      kind: card.conformal.kind,
      calibrationRows: card.conformal.calibrationRows,
    },
    domain: { distance: domainDistance, verdict: domainOf(domainDistance) },
    nearest,
  }
}
