/** Models as rows. */
import { z } from 'zod'
import {
  type AnyCard,
  isSimulated,
  type Model,
  type ModelState,
  type ModelVerification,
  modelVerificationSchema,
  testMetricsOf,
} from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'
import { filesOf } from './card-file.ts'

interface Row {
  id: string
  name: string
  family_id: string | null
  version: number
  is_current: 0 | 1
  state: Model['state']
  origin: Model['origin']
  job_id: string | null
  dataset_id: string | null
  recipe: Model['recipe']
  endpoint: Model['endpoint']
  target: string | null
  simulated: 0 | 1
  test_rmse: number | null
  size_bytes: number
  created_at: number
  licence: string
  note: string
  fingerprint: string | null
  verification: string | null
  trashed_at: number | null
}

export function listModels(store: StoreReader): Model[] {
  return store.all<Row>('SELECT * FROM models WHERE trashed_at IS NULL ORDER BY created_at DESC, id').map(toModel)
}

export function listTrashedModels(store: StoreReader): Model[] {
  return store.all<Row>('SELECT * FROM models WHERE trashed_at IS NOT NULL ORDER BY trashed_at DESC, id').map(toModel)
}

/** Also one in the trash. */
export function findAnyModel(store: StoreReader, id: string): Model | null {
  const row = store.one<Row>('SELECT * FROM models WHERE id = ?', [id])
  return row === undefined ? null : toModel(row)
}

export function findModel(store: StoreReader, id: string): Model | null {
  const model = findAnyModel(store, id)
  return model?.trashedAt === null ? model : null
}

/** ERR_3003 where there is none, or it is in the trash. */
export function getModel(store: StoreReader, id: string): Model {
  const model = findAnyModel(store, id)
  if (model === null) throw new AppError('ERR_3003', `there is no model ${id}`, { details: { model: id } })
  if (model.trashedAt === null) return model
  throw new AppError('ERR_3003', `model "${model.name}" is in the trash: restore it first`, { details: { model: id } })
}

/** Not in the trash, the newest version first. */
export function listVersions(store: StoreReader, familyId: string): Model[] {
  return store
    .all<Row>('SELECT * FROM models WHERE coalesce(family_id, id) = ? AND trashed_at IS NULL ORDER BY version DESC', [
      familyId,
    ])
    .map(toModel)
}

/** The family of the models that were made here under that name, or `null`. */
export function familyOfName(store: StoreReader, name: string): string | null {
  const row = store.one<{ family_id: string }>(
    `SELECT coalesce(family_id, id) AS family_id FROM models WHERE name = ? AND origin = 'trained' AND trashed_at IS NULL ORDER BY created_at DESC LIMIT 1`,
    [name],
  )
  return row?.family_id ?? null
}

export interface NewModel {
  id: string
  name: string
  /** `null` for the first version of its own. */
  familyId: string | null
  state: ModelState
  origin: Model['origin']
  jobId: string | null
  datasetId: string | null
  card: AnyCard
  licence?: string
  fingerprint?: string
  verification?: ModelVerification | null
}

/** The first version of a family is its current one. */
export function insertModel(store: StoreWriter, model: NewModel): void {
  const { card, familyId } = model
  const last =
    familyId === null
      ? null
      : store.one<{ version: number | null; current: number | null }>(
          'SELECT max(version) AS version, max(is_current) AS current FROM models WHERE coalesce(family_id, id) = ?',
          [familyId],
        )
  const verification = model.verification ?? null
  store.run(
    `INSERT INTO models (id, name, family_id, version, is_current, state, origin, job_id, dataset_id, recipe, endpoint, target,
       simulated, test_rmse, size_bytes, created_at, licence, fingerprint, verification)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      model.id,
      model.name,
      familyId,
      (last?.version ?? 0) + 1,
      last?.current === 1 ? 0 : 1,
      model.state,
      model.origin,
      model.jobId,
      model.datasetId,
      card.format === 'bindery-model-1' ? card.recipe : 'foreign',
      card.endpoint,
      card.target,
      isSimulated(card) ? 1 : 0,
      testMetricsOf(card)?.rmse ?? null,
      filesOf(card).reduce((sum, file) => sum + file.sizeBytes, 0),
      model.origin === 'trained' ? card.createdAt : Date.now(),
      model.licence ?? '',
      model.fingerprint ?? null,
      verification === null ? null : JSON.stringify(verification),
    ],
  )
}

/** Exactly this version of its family, or none where `id` is `null`. In one transaction. */
export function setCurrent(store: StoreWriter, familyId: string, id: string | null): void {
  store.run('UPDATE models SET is_current = 0 WHERE coalesce(family_id, id) = ? AND is_current = 1', [familyId])
  if (id !== null) store.run('UPDATE models SET is_current = 1 WHERE id = ?', [id])
}

export function setVerification(store: StoreWriter, id: string, verification: ModelVerification): void {
  store.run('UPDATE models SET verification = ? WHERE id = ?', [JSON.stringify(verification), id])
}

function toModel(row: Row): Model {
  return {
    id: row.id,
    name: row.name,
    jobId: row.job_id,
    datasetId: row.dataset_id,
    recipe: row.recipe,
    endpoint: row.endpoint,
    target: row.target,
    simulated: row.simulated === 1,
    testRmse: row.test_rmse,
    createdAt: row.created_at,
    sizeBytes: row.size_bytes,
    familyId: row.family_id ?? row.id,
    version: row.version,
    isCurrent: row.is_current === 1,
    state: row.state,
    origin: row.origin,
    licence: row.licence,
    note: row.note,
    fingerprint: row.fingerprint,
    verification: row.verification === null ? null : verificationText.parse(row.verification),
    trashedAt: row.trashed_at,
  }
}

const verificationText = z
  .string()
  .transform(text => JSON.parse(text) as unknown)
  .pipe(modelVerificationSchema)
