/** Evaluations of models, made by a throw-away process and remembered for those looked at last. */
import type { Model } from '../../shared/contract/models.ts'
import type { Evaluation } from '../../shared/evaluation.ts'
import type { StoreReader } from '../store/handles.ts'
import { checkModelFolder, filesOf } from './card-file.ts'
import { inspect, PATIENT_MS } from './inspector.ts'
import type { PassportDeps } from './passports.ts'

const REMEMBERED = 8

type Made = Omit<Evaluation, 'noiseSd'>

export function createEvaluations({ context, folder, limits }: PassportDeps) {
  const { deps, log, store } = context
  const remembered = new Map<string, Promise<Made>>()

  async function make(model: Model, signal: AbortSignal | undefined): Promise<Made> {
    const card = await checkModelFolder(folder(model.id))
    const sizeBytes = filesOf(card).reduce((sum, file) => sum + file.sizeBytes, 0)
    const command = { type: 'evaluate', folder: folder(model.id) } as const
    return (await inspect(command, {
      ...{ fork: deps.fork, log, sizeBytes, signal },
      limits: { silenceMs: PATIENT_MS, ...limits },
    })) as Made
  }

  return async (model: Model, signal?: AbortSignal): Promise<Evaluation> => {
    let made = remembered.get(model.id)
    if (made === undefined) {
      made = make(model, signal)
      remembered.set(model.id, made)
      // Whoever asks next is not told what stopped this one.
      made.catch(() => remembered.delete(model.id))
      if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value as string)
    }
    return { ...(await made), noiseSd: noiseOf(store, model.datasetId) }
  }
}

/** Standard deviation of a single measurement from replicates, as the import has estimated it. */
function noiseOf(store: StoreReader, datasetId: string | null): number | null {
  const row = store.one<{ sd: number | null }>(
    "SELECT json_extract(summary, '$.noisePX') AS sd FROM datasets WHERE id = ?",
    [datasetId],
  )
  return row?.sd ?? null
}
