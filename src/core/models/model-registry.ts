/** Which version of a model is meant, what state each is in, and what was done with it. */
import { rmse } from '../../recipes/metrics/regression.ts'
import { fingerprintName } from '../../shared/contract/foreign.ts'
import { type AnyCard, type Model, testMetricsOf } from '../../shared/contract/models.ts'
import type { ModelComparison, ModelLineage, ModelLogEntry } from '../../shared/contract/registry.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { logModel, readModelLog } from './model-log.ts'
import { findAnyModel, getModel, listTrashedModels, listVersions, setCurrent } from './model-store.ts'

export interface ModelRegistry {
  log(id: string): ModelLogEntry[]
  makeCurrent(id: string): Model
  rollBack(id: string): Model
  activate(id: string): Model
  archive(id: string): Model
  describe(id: string, texts: { licence?: string | undefined; note?: string | undefined }): Model
  rename(id: string, name: string): Model
  lineage(id: string): Promise<ModelLineage>
  compare(ids: readonly string[]): Promise<ModelComparison>
  remove(id: string): void
  trash(): Model[]
  restore(id: string): Model
}

export interface RegistryDeps {
  context: Pick<CoreContext, 'store' | 'events'>
  card(id: string): Promise<AnyCard>
  checkUnused(model: Model): void
  changed(id: string): void
}

/** Errors as in the contract. */
export function createModelRegistry({ context: { store, events }, ...deps }: RegistryDeps): ModelRegistry {
  /** One transaction, then everybody is told of all versions: the current one may be another now. */
  function change(id: string, work: (model: Model) => void): Model {
    const model = getModel(store, id)
    store.write(() => work(model))
    for (const version of listVersions(store, model.familyId)) deps.changed(version.id)
    return getModel(store, id)
  }

  function makeCurrent(model: Model, action: 'madeCurrent' | 'rolledBack'): void {
    if (model.state === 'archived') {
      throw new AppError('ERR_4001', `version ${model.version} of "${model.name}" is archived: take it into use first`)
    }
    const before = listVersions(store, model.familyId).find(({ isCurrent }) => isCurrent)
    if (before?.id === model.id) return
    setCurrent(store, model.familyId, model.id)
    logModel(store, model.id, action, { before: before?.version ?? null })
  }

  /** Another version steps in where the current one leaves: the newest that is not archived. */
  function passOn(model: Model): void {
    if (!model.isCurrent) return
    const next = listVersions(store, model.familyId).find(({ id, state }) => id !== model.id && state !== 'archived')
    setCurrent(store, model.familyId, next?.id ?? null)
    if (next !== undefined) logModel(store, next.id, 'madeCurrent', { before: model.version })
  }

  return {
    log: id => readModelLog(store, getModel(store, id).id),
    makeCurrent: id => change(id, model => makeCurrent(model, 'madeCurrent')),
    rollBack: id => {
      const { familyId, name } = getModel(store, id)
      const versions = listVersions(store, familyId)
      const current = versions.find(({ isCurrent }) => isCurrent)
      const before = current === undefined ? null : versionBefore(readModelLog(store, current.id))
      const earlier = versions.find(({ version }) => version === before)
      if (earlier === undefined) throw new AppError('ERR_4001', `"${name}" has no version that was current before`)
      return change(earlier.id, model => makeCurrent(model, 'rolledBack'))
    },
    activate: id =>
      change(id, model => {
        if (model.state === 'active') return
        store.run("UPDATE models SET state = 'active' WHERE id = ?", [id])
        logModel(store, id, 'activated', { before: model.state })
        if (!listVersions(store, model.familyId).some(({ isCurrent }) => isCurrent))
          setCurrent(store, model.familyId, id)
      }),
    archive: id =>
      change(id, model => {
        if (model.state === 'archived') return
        deps.checkUnused(model)
        passOn(model)
        store.run("UPDATE models SET state = 'archived' WHERE id = ?", [id])
        logModel(store, id, 'archived', { before: model.state })
      }),
    describe: (id, { licence, note }) =>
      change(id, model => {
        const next = { licence: licence ?? model.licence, note: note ?? model.note }
        if (next.licence === model.licence && next.note === model.note) return
        store.run('UPDATE models SET licence = ?, note = ? WHERE id = ?', [next.licence, next.note, id])
        logModel(store, id, 'described')
      }),
    rename: (id, name) =>
      change(id, model => {
        if (model.name === name) return
        for (const version of listVersions(store, model.familyId)) {
          store.run('UPDATE models SET name = ? WHERE id = ?', [name, version.id])
          logModel(store, version.id, 'renamed', { before: version.name, after: name })
        }
      }),
    lineage: async id => {
      const model = getModel(store, id)
      return readLineage(store, model, await deps.card(id))
    },
    compare: async ids => {
      const models = ids.map(id => getModel(store, id))
      return compareCards(await Promise.all(models.map(async model => ({ model, card: await deps.card(model.id) }))))
    },
    remove: id => {
      const model = getModel(store, id)
      deps.checkUnused(model)
      store.write(() => {
        passOn(model)
        store.run('UPDATE models SET trashed_at = ?, is_current = 0 WHERE id = ?', [Date.now(), id])
        logModel(store, id, 'trashed', { current: model.isCurrent ? 1 : 0 })
      })
      events.publish({ type: 'model.removed', id })
      for (const version of listVersions(store, model.familyId)) deps.changed(version.id)
    },
    trash: () => listTrashedModels(store),
    restore: id => {
      const model = findAnyModel(store, id)
      if (model === null) return getModel(store, id)
      if (model.trashedAt === null) throw new AppError('ERR_4001', `model "${model.name}" is not in the trash`)
      store.write(() => {
        store.run('UPDATE models SET trashed_at = NULL WHERE id = ?', [id])
        const wasCurrent = readModelLog(store, id).at(-1)?.detail.current === 1
        const versions = listVersions(store, model.familyId)
        if (wasCurrent || !versions.some(({ isCurrent }) => isCurrent)) setCurrent(store, model.familyId, id)
        logModel(store, id, 'restored')
      })
      for (const version of listVersions(store, model.familyId)) deps.changed(version.id)
      return getModel(store, id)
    },
  }
}

/** The version that was current before this one became so, by its own log. */
function versionBefore(log: readonly ModelLogEntry[]): number | null {
  const entry = log.findLast(({ action }) => action === 'madeCurrent' || action === 'rolledBack')
  return typeof entry?.detail.before === 'number' ? entry.detail.before : null
}

function readLineage(store: CoreContext['store'], model: Model, card: AnyCard): ModelLineage {
  const named = card.format === 'bindery-model-1' ? card.dataset : (card.training?.dataset ?? null)
  // One that came from elsewhere may have been trained on data that are here as well.
  const dataset = store.one<{ id: string; name: string; version: number }>(
    'SELECT id, name, version FROM datasets WHERE id = ? OR (sha256 = ? AND trashed_at IS NULL) ORDER BY id = ? DESC LIMIT 1',
    [model.datasetId, named?.sha256 ?? null, model.datasetId],
  )
  const run = store.one<NonNullable<ModelLineage['run']>>(
    "SELECT id, number, name, state FROM jobs WHERE id = ? AND kind = 'train'",
    [model.jobId],
  )
  return {
    dataset:
      named === null
        ? null
        : {
            id: dataset?.id ?? null,
            name: dataset?.name ?? named.name,
            version: dataset?.version ?? null,
            sha256: named.sha256,
          },
    run: run ?? null,
    predictions: store.all<ModelLineage['predictions'][number]>(
      `SELECT j.id AS jobId, p.id AS resultId, p.file_name AS fileName, j.state, j.created_at AS createdAt
       FROM prediction_results p JOIN jobs j ON j.id = p.job_id WHERE p.model_id = ? ORDER BY j.created_at, j.number`,
      [model.id],
    ),
  }
}

/** Figures of different test rows say little about which model is better: the rows all have in common are judged as well. */
function compareCards(judged: readonly { model: Model; card: AnyCard }[]): ModelComparison {
  const points = judged.map(({ card }) => {
    // What a model has learned from says nothing about it.
    const test = testMetricsOf(card) === null ? [] : card.parity.filter(({ part }) => part === 'test')
    return new Map(test.map(point => [point.row, point]))
  })
  const sources = judged.map(({ card }) => (card.format === 'bindery-model-1' ? card : card.measured)?.dataset.sha256)
  const sameData = sources[0] !== undefined && new Set(sources).size === 1
  const common = sameData ? [...points[0]!.keys()].filter(row => points.every(rows => rows.has(row))) : []
  return {
    models: judged.map(({ model, card }, i) => ({
      model,
      metrics: {
        validation: card.format === 'bindery-model-1' ? card.metrics.validation : NOT_JUDGED,
        test: testMetricsOf(card) ?? NOT_JUDGED,
      },
      settings: card.format === 'bindery-model-1' ? card.settings : { fingerprint: fingerprintName(card.input) },
      commonRmse: rmse(
        common.map(row => points[i]!.get(row)!.measured),
        common.map(row => points[i]!.get(row)!.predicted),
      ),
    })),
    sameTest: common.length > 0 && points.every(rows => rows.size === common.length),
    commonRows: common.length,
  }
}

const NOT_JUDGED = { n: 0, rmse: null, mae: null, r2: null, pearson: null, spearman: null }
