/** The run that trains a model's recipe again on all rows, once its worth is known. */
import { MAX_PROCESS_ROWS } from '../../recipes/tanimoto-gp/process-plan.ts'
import type { TrainOptions } from '../../shared/contract/jobs.ts'
import type { ModelCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { EvaluatedCard } from '../../shared/trainer-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import type { NewJob } from './job-service.ts'

export interface EvaluatedModel {
  readonly id: string
  readonly name: string
  readonly card: ModelCard
  /** That its run asked for. */
  readonly provider: TrainOptions['provider']
}

/**
 * ERR_4001 where the model is itself such a one, or its data set is no more what it was trained on; ERR_5003 where all rows are more than
 * its Gaussian process takes.
 */
export function refitJob({ datasets, store }: Pick<CoreContext, 'datasets' | 'store'>, model: EvaluatedModel): NewJob {
  const { id, name, card, provider } = model
  if (card.refitOf !== undefined) throw new AppError('ERR_4001', `model "${name}" has already learned from all rows`)
  const dataset = datasets.getReady(card.dataset.id)
  if (dataset.sha256 !== card.dataset.sha256) {
    throw new AppError('ERR_4001', `data set "${dataset.name}" is not what model "${name}" was trained on any more`)
  }
  const hasProcess = card.parts.some(part => part.recipe === 'tanimoto-gp' && part.weight > 0)
  if (hasProcess) checkAllRows(store, dataset.id)
  const { recipe, preset, seed, split } = card
  const settings = card.settings as TrainOptions['settings']
  const request: TrainOptions = {
    datasetId: dataset.id,
    recipe,
    preset,
    settings,
    seed,
    split: split.kind,
    provider,
    refitOf: id,
    name: refitName(name),
  }
  return { kind: 'train', name: dataset.name, datasetId: dataset.id, request }
}

const MAX_NAME = 255
const SUFFIX = ' · all rows'

function refitName(name: string): string {
  return `${name.slice(0, MAX_NAME - SUFFIX.length)}${SUFFIX}`
}

function checkAllRows(store: CoreContext['store'], datasetId: string): void {
  // Few: the part that it was evaluated on is within the limit.
  const { rows } = store.one<{ rows: number }>(
    "SELECT count(*) AS rows FROM dataset_rows WHERE dataset_id = ? AND relation IN ('=', '~')",
    [datasetId],
  )!
  if (rows <= MAX_PROCESS_ROWS) return
  const message = `all ${rows} rows are more than the ${MAX_PROCESS_ROWS} that its Gaussian process takes`
  throw new AppError('ERR_5003', message, { details: { limit: MAX_PROCESS_ROWS, rows } })
}

/** What the trainer repeats of it. */
export function evaluatedCard(card: ModelCard): EvaluatedCard {
  const { metrics, baselines, leakage, neighbours, scrambling, parity, split, learnedFrom } = card
  return { metrics, baselines, leakage, neighbours, scrambling, parity, split, learnedFrom }
}
