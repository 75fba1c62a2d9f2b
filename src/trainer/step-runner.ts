/** Steps of training that go on in smaller parts where memory for a whole batch cannot be had. */
import { AccumulatedSession } from '../node/accumulated-session.ts'
import type { ProviderName } from '../node/ort-session.ts'
import { isOutOfMemoryError } from '../node/out-of-memory.ts'
import type { ScalarValues } from '../node/step-tensors.ts'
import { type StepResult, TrainingSession } from '../node/training-session.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { BatchTensors } from '../recipes/tensor-data.ts'
import { equalSlices } from '../recipes/training/plan.ts'
import { AppError } from '../shared/errors.ts'
import { buildAccumulatedStep, buildTrainingStep } from '../tensor/training-step.ts'

/** Halved at most twice: what does not fit in quarters wants another setting, not more patience. */
export const MOST_PARTS = 4

type Vectors = Readonly<Record<string, Float32Array>>
type Session = Pick<TrainingSession, 'readState' | 'dispose'> & {
  run(parts: readonly BatchTensors[], scalars: ScalarValues): Promise<StepResult>
}

export interface StepRunnerOptions {
  readonly model: GradientModel
  readonly provider: ProviderName
  readonly threads: number | undefined
  readonly state: Vectors
  /** As a checkpoint has it; 1: whole. */
  readonly parts: number
  /** Each batch goes in so many parts from now on. */
  onHalved(parts: number, cause: Error): void
  /** In tests: what stands between the runner and the runtime. */
  readonly wrap?: ((session: Session, parts: number) => Session) | undefined
}

export interface RunnerInputs {
  readonly batch: BatchTensors
  readonly items: number
  readonly scalars: ScalarValues
}

export class StepRunner {
  readonly #options: StepRunnerOptions
  #session: Session
  #parts: number

  private constructor(options: StepRunnerOptions, session: Session) {
    this.#options = options
    this.#session = session
    this.#parts = options.parts
  }

  static async create(options: StepRunnerOptions): Promise<StepRunner> {
    return new StepRunner(options, await openSession(options, options.parts, options.state))
  }

  get parts(): number {
    return this.#parts
  }

  /**
   * One step on one batch, however many parts it goes in. `itemLoss` is of its items alone, [items]; NaN for those of a part that was not
   * come to because an earlier one was not finite. ERR_5004 where not even quarters of the batch fit into memory.
   */
  async run({ batch, items, scalars }: RunnerInputs): Promise<StepResult> {
    for (;;) {
      try {
        return await this.#runOnce({ batch, items, scalars })
      } catch (error) {
        if (!(error instanceof Error) || !isOutOfMemoryError(error)) throw error
        await this.#halve(items, error)
      }
    }
  }

  readState(): Promise<Record<string, Float32Array>> {
    return this.#session.readState()
  }

  async dispose(): Promise<void> {
    await this.#session.dispose()
  }

  async #runOnce({ batch, items, scalars }: RunnerInputs): Promise<StepResult> {
    const { model } = this.#options
    const slices = equalSlices(items, Math.ceil(items / this.#parts))
    const batches = this.#parts === 1 ? [batch] : slices.map(slice => model.cutTraining(batch, slice))
    const result = await this.#session.run(batches, scalars)
    const itemLoss = new Float32Array(items).fill(Number.NaN)
    let at = 0
    for (const [i, part] of batches.entries()) {
      const { start, end } = this.#parts === 1 ? { start: 0, end: items } : slices[i]!
      const first = at + model.firstRow
      itemLoss.set(result.itemLoss.subarray(first, first + end - start), start)
      at += model.outputRows(part)
    }
    return { ...result, itemLoss }
  }

  /** The weights are as before the step: a run that fails commits nothing. */
  async #halve(items: number, cause: Error): Promise<void> {
    const { model, onHalved } = this.#options
    const { batchSize } = model.plan
    const parts = 2 * this.#parts
    if (parts > MOST_PARTS || Math.ceil(items / parts) === Math.ceil(items / this.#parts)) {
      const tried = this.#parts === 1 ? '' : `, even in ${this.#parts} parts`
      const advice = 'Choose a smaller batch or a narrower network, or close other programs'
      const message = `A step of ${items} compounds ran out of memory${tried}. ${advice}: ${cause.message}`
      throw new AppError('ERR_5004', message, { details: { batchSize, parts: this.#parts }, cause })
    }
    const state = await this.#session.readState()
    await this.#session.dispose()
    this.#session = await openSession(this.#options, parts, state)
    this.#parts = parts
    onHalved(parts, cause)
  }
}

async function openSession(options: StepRunnerOptions, parts: number, state: Vectors): Promise<Session> {
  const { wrap = session => session } = options
  return wrap(parts === 1 ? await openWhole(options, state) : await openAccumulated(options, state), parts)
}

async function openWhole({ model, provider, threads }: StepRunnerOptions, state: Vectors): Promise<Session> {
  const step = buildTrainingStep(model.training)
  const session = await TrainingSession.create({ step, provider, threads, state })
  return {
    run: ([batch], scalars) => session.run({ batch: batch!, scalars }),
    readState: () => session.readState(),
    dispose: () => session.dispose(),
  }
}

async function openAccumulated({ model, provider, threads }: StepRunnerOptions, state: Vectors): Promise<Session> {
  const session = await AccumulatedSession.create({ ...buildAccumulatedStep(model.training), provider, threads, state })
  return {
    run: (parts, scalars) => session.run({ parts, scalars }),
    readState: () => session.readState(),
    dispose: () => session.dispose(),
  }
}
