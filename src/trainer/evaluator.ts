import type { FeatureRecord } from '../chem/features/sections.ts'
import { OrtSession, type ProviderName } from '../node/ort-session.ts'
import { type BatchMaker, predictRecords, type RunModel } from '../recipes/serving/predict-records.ts'
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

  /** Standardised predictions for records 0 to `count`, in order. @param source.beforeRun Called before each run; may throw. */
  async predict(
    theta: Float32Array,
    count: number,
    { record, beforeRun }: { record: (position: number) => FeatureRecord; beforeRun: () => void },
  ): Promise<Float32Array> {
    const weights = { theta: { dtype: 'float32', data: theta, dims: [theta.length] } } as const
    const run: RunModel = batch => {
      beforeRun()
      return this.#session.runArrays({ ...batch, ...weights })
    }
    const { prediction } = await predictRecords(
      this.#model,
      { count, record },
      {
        run,
        outputs: ['prediction'],
      },
    )
    return prediction
  }

  async release(): Promise<void> {
    await this.#session.release()
  }
}
