/** Which model answers: the chosen one, or the first of an ordered list that can where it is unavailable. */
import { featurePresetOfCard, sectionsOf } from '../../recipes/feature-presets.ts'
import type { AnyCard } from '../../shared/contract/models.ts'
import type { AnsweredBy } from '../../shared/contract/predictions.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { ModelService } from '../models/create-models.ts'
import type { CheckedModels } from './model-cards.ts'
import type { AskOptions, PredictorService } from './predictor-service.ts'

/** A model whose files are those of its card and which the predictor has loaded. */
export interface AnsweringModel {
  readonly id: string
  readonly folder: string
  readonly card: AnyCard
  readonly sections: readonly string[]
  readonly answeredBy: AnsweredBy
}

export interface AnsweringDeps {
  models: CheckedModels & Pick<ModelService, 'list'>
  predictor: PredictorService
}

export interface ModelChoice {
  modelId: string
  /** In order of preference. */
  fallback: readonly string[]
}

/** Not there, damaged, or no process can hold it: another model may stand in. Anything else is about the question. */
const UNAVAILABLE: readonly ErrorCode[] = ['ERR_3003', 'ERR_7001', 'ERR_7003', 'ERR_9001', 'ERR_9002', 'ERR_9003']

function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && UNAVAILABLE.includes(error.code)
}

/**
 * What `use` makes of the first model that is available. Throws the chosen model's own error where none is. A fallback that predicts
 * another kind of affinity than the chosen model is refused with ERR_2001: its number would be read as something it is not.
 */
export async function withFallback<T>(
  deps: AnsweringDeps,
  choice: ModelChoice,
  use: (model: AnsweringModel) => Promise<T>,
  call: AskOptions = {},
): Promise<T> {
  checkEndpoints(deps, choice)
  let first: { id: string; error: AppError } | null = null
  for (const id of new Set([choice.modelId, ...choice.fallback])) {
    try {
      return await use(await openModel(deps, id, { instead: first, call }))
    } catch (error) {
      if (!isUnavailable(error)) throw error
      first ??= { id, error }
    }
  }
  throw first!.error
}

/** Checks and loads one model. Errors as `withFallback`. */
export async function openModel(
  deps: AnsweringDeps,
  id: string,
  { instead, call }: { instead: { id: string; error: AppError } | null; call: AskOptions },
): Promise<AnsweringModel> {
  const { folder, card } = await deps.models.get(id)
  await deps.predictor.load(folder, call)
  return {
    id,
    folder,
    card,
    sections: sectionsOf(featurePresetOfCard(card)),
    answeredBy: {
      modelId: id,
      name: nameOf(deps, id) ?? id,
      instead:
        instead === null
          ? null
          : {
              modelId: instead.id,
              name: nameOf(deps, instead.id),
              code: instead.error.code,
              message: instead.error.message,
            },
    },
  }
}

function checkEndpoints({ models }: AnsweringDeps, { modelId, fallback }: ModelChoice): void {
  const all = models.list()
  const chosen = all.find(({ id }) => id === modelId)
  if (chosen === undefined) return
  for (const id of fallback) {
    const other = all.find(model => model.id === id)
    if (other === undefined || other.endpoint === chosen.endpoint) continue
    throw new AppError(
      'ERR_2001',
      `${other.name} predicts ${other.endpoint}, ${chosen.name} predicts ${chosen.endpoint}: it cannot stand in for it`,
      { path: 'fallback' },
    )
  }
}

function nameOf({ models }: AnsweringDeps, id: string): string | null {
  return models.list().find(model => model.id === id)?.name ?? null
}
