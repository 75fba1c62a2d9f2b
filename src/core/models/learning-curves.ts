/** Learning curves of models: made on request by a throw-away process, kept beside the model's files. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import type { Model } from '../../shared/contract/models.ts'
import { AppError, type ErrorBody, toErrorBody } from '../../shared/errors.ts'
import { type LearningCurve, learningCurveSchema } from '../../shared/evaluation.ts'
import { streamWork } from '../explore/stream-work.ts'
import { checkModelFolder, filesOf } from './card-file.ts'
import { inspect, PATIENT_MS } from './inspector.ts'
import type { PassportDeps } from './passports.ts'

/** Follows from card and files, which never change; it is no part of the model and does not travel with it. */
const CURVE_FILE = 'learning-curve.json'

export type CurveEvent =
  | { type: 'progress'; done: number; total: number }
  | { type: 'made'; curve: LearningCurve }
  | { type: 'failed'; error: ErrorBody }

export interface LearningCurves {
  /** `null` where none was made. */
  find(model: Model): Promise<LearningCurve | null>
  make(model: Model, signal?: AbortSignal): AsyncGenerator<CurveEvent, void, void>
}

export function createLearningCurves({ context, folder, limits }: PassportDeps): LearningCurves {
  const { deps, log } = context
  const fileOf = ({ id }: Model): string => path.join(folder(id), CURVE_FILE)

  async function make(
    model: Model,
    { signal, tell }: { signal: AbortSignal; tell(event: CurveEvent): void },
  ): Promise<CurveEvent> {
    const card = await checkModelFolder(folder(model.id))
    const sizeBytes = filesOf(card).reduce((sum, file) => sum + file.sizeBytes, 0)
    const curve = (await inspect(
      { type: 'learningCurve', folder: folder(model.id) },
      {
        ...{ fork: deps.fork, log, sizeBytes, signal },
        limits: { silenceMs: PATIENT_MS, ...limits },
        onProgress: ({ done, total }) => tell({ type: 'progress', done, total: total ?? 1 }),
      },
    )) as LearningCurve | null
    if (curve === null) {
      const message = `"${model.name}" encloses no test compounds that it has not learned from: there is nothing to judge a learning curve by`
      throw new AppError('ERR_4001', message)
    }
    await writeFileAtomic(fileOf(model), Buffer.from(JSON.stringify(curve)))
    return { type: 'made', curve }
  }

  return {
    find: async model => {
      try {
        return learningCurveSchema.parse(JSON.parse(await readFile(fileOf(model), 'utf8')))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    make: (model, signal) =>
      streamWork<CurveEvent>({
        ...(signal === undefined ? {} : { signal }),
        work: control => make(model, control),
        failed: error => ({ type: 'failed', error: toErrorBody(error) }),
      }),
  }
}
