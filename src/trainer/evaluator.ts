import { OrtSession, type ProviderName } from '../node/ort-session.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import { buildForward } from '../tensor/model-definition.ts'
import type { ReadyBatch } from './batches/assemble-batch.ts'

/** Predicts with weights that are given each time. */
export class Evaluator {
  readonly #session: OrtSession
  readonly #firstRow: number

  private constructor(session: OrtSession, firstRow: number) {
    this.#session = session
    this.#firstRow = firstRow
  }

  static async create(
    model: Pick<GradientModel, 'evaluation' | 'firstRow'>,
    options: { provider: ProviderName; threads: number | undefined },
  ): Promise<Evaluator> {
    return new Evaluator(await OrtSession.create(buildForward(model.evaluation).bytes, options), model.firstRow)
  }

  /** Standardised predictions for `count` rows, which the batches hold in order. @param beforeRun Called before each run; may throw. */
  async predict(
    theta: Float32Array,
    count: number,
    { batches, beforeRun }: { batches: AsyncIterable<ReadyBatch>; beforeRun: () => void },
  ): Promise<Float32Array> {
    const weights = { theta: { dtype: 'float32', data: theta, dims: [theta.length] } } as const
    const predictions = new Float32Array(count)
    let done = 0
    for await (const { tensors, rows } of batches) {
      beforeRun()
      const { prediction } = await this.#session.runArrays({ ...tensors, ...weights })
      const values = prediction!.data as Float32Array
      predictions.set(values.subarray(this.#firstRow, this.#firstRow + rows.length), done)
      done += rows.length
    }
    return predictions
  }

  async release(): Promise<void> {
    await this.#session.release()
  }
}
