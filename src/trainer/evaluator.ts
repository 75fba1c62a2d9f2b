import type { FeatureRecord } from '../chem/features/sections.ts'
import { OrtSession, type ProviderName } from '../node/ort-session.ts'
import { type BatchMaker, predictRecords } from '../recipes/serving/predict-records.ts'
import { buildForward, type ModelDefinition } from '../tensor/model-definition.ts'

/** Predicts with weights that are given each time. */
export class Evaluator {
  readonly #session: OrtSession
  readonly #model: BatchMaker

  private constructor(session: OrtSession, model: BatchMaker) {
    this.#session = session
    this.#model = model
  }

  static async create(
    model: BatchMaker & { readonly evaluation: ModelDefinition },
    options: { provider: ProviderName; threads: number | undefined },
  ): Promise<Evaluator> {
    return new Evaluator(await OrtSession.create(buildForward(model.evaluation).bytes, options), model)
  }

  /** Standardised predictions, one a record in their order. */
  async predict(theta: Float32Array, records: readonly FeatureRecord[]): Promise<Float32Array> {
    const weights = { theta: { dtype: 'float32', data: theta, dims: [theta.length] } } as const
    const { prediction } = await predictRecords(this.#model, records, {
      run: batch => this.#session.runArrays({ ...batch, ...weights }),
      outputs: ['prediction'],
    })
    return prediction
  }

  async release(): Promise<void> {
    await this.#session.release()
  }
}
