/** A receipt: everything that a single prediction rests on, so that it can be checked and repeated. */
import { fingerprintName } from '../../shared/contract/foreign.ts'
import { type AnyCard, testMetricsOf } from '../../shared/contract/models.ts'
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
      endpoint: card.endpoint,
      target: card.target,
      ...madeOf(card),
    },
    instead: answeredBy.instead,
    input: { smiles },
    unit: 'pX',
    prediction: prediction.prediction,
    /** mol/L */
    molar: 10 ** -prediction.prediction,
    interval: intervalOf(prediction, card),
    domain: domainDistance === null ? null : { distance: domainDistance, verdict: domainOf(domainDistance) },
    nearest,
  }
}

function madeOf(
  card: AnyCard,
): Pick<Receipt['model'], 'recipe' | 'preset' | 'featurePreset' | 'runtime' | 'dataset' | 'testRmse'> {
  if (card.format === 'bindery-model-1') {
    const { recipe, preset, featurePreset, dataset, metrics, application } = card
    const { runtime } = application
    return { recipe, preset, featurePreset, runtime, dataset: namedData(dataset), testRmse: metrics.test.rmse }
  }
  return {
    recipe: 'foreign',
    preset: card.producer,
    featurePreset: fingerprintName(card.input),
    runtime: card.application.runtime,
    dataset: card.training === null ? null : namedData(card.training.dataset),
    testRmse: testMetricsOf(card)?.rmse ?? null,
  }
}

function namedData({ name, sha256, rows, simulated }: NonNullable<Receipt['model']['dataset']>) {
  return { name, sha256, rows, simulated }
}

function intervalOf({ lower, upper }: Prediction, { conformal }: AnyCard): Receipt['interval'] {
  if (lower === null || upper === null || conformal === null) return null
  const { level, kind, calibrationRows } = conformal
  return { level, lower, upper, method: 'split conformal', kind, calibrationRows }
}
