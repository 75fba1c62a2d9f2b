/** Passports: a model as one file, out and in (`shared/passport.ts`). What comes in is looked through by a throw-away process. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { syncFolder } from '../../node/atomic-write.ts'
import { crc32, localHeader, type StoredEntry, zipTail } from '../../node/stored-zip.ts'
import { type Model, type ModelCard, trainedCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { InspectedPassport, Verification } from '../../shared/inspector-protocol.ts'
import {
  MANIFEST_FILE,
  PASSPORT_EXTENSION,
  PASSPORT_FILES,
  PASSPORT_FORMAT,
  type PassportManifest,
  passportManifestSchema,
  passportRoleSchema,
} from '../../shared/passport.ts'
import type { CoreContext } from '../app-context.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import { newId } from '../store/new-id.ts'
import type { Download } from '../uploads/download-service.ts'
import { checkModelFolder, filesOf } from './card-file.ts'
import { type InspectorLimits, inspect, PATIENT_MS } from './inspector.ts'
import type { IntakeProgress } from './intake.ts'
import { logModel } from './model-log.ts'
import { getModel, insertModel, setVerification } from './model-store.ts'

export interface Passports {
  /** Streams; the files are hashed first. ERR_7003 where they are not those of the card. */
  export(model: Model): Promise<Download>
  import(
    request: { uploadId: string; name?: string | undefined; versionOf?: string | undefined },
    signal?: AbortSignal,
    tell?: IntakeProgress,
  ): Promise<string>
  /** Predicts the hold-out compounds again. */
  verify(model: Model, signal?: AbortSignal): Promise<void>
}

export interface PassportDeps {
  context: Pick<CoreContext, 'deps' | 'log' | 'store' | 'uploads'>
  folder(id: string): string
  limits?: Partial<InspectorLimits> | undefined
}

export function createPassports({ context, folder, limits }: PassportDeps): Passports {
  const { deps, log, store, uploads } = context
  const common = { fork: deps.fork, log, limits }
  const patient = { limits: { silenceMs: PATIENT_MS, ...limits } }
  return {
    export: async model => {
      const card = trainedCard(await checkModelFolder(folder(model.id)))
      const sizeBytes = card.files.model.sizeBytes
      const described = await inspect(
        { type: 'describe', folder: folder(model.id) },
        { ...common, ...patient, sizeBytes },
      )
      const entries = await filesIn(folder(model.id), card)
      const manifest = manifestOf(model, described as PassportManifest['onnx'], entries)
      const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
      store.write(() => logModel(store, model.id, 'exported', { fingerprint: sha256Of(bytes) }))
      return {
        fileName: `${fileNameOf(`${model.name} v${model.version}`)}${PASSPORT_EXTENSION}`,
        contentType: 'application/octet-stream',
        open: () => Readable.from(passportBytes(bytes, entries), { objectMode: false }),
      }
    },
    import: async ({ uploadId, name, versionOf }, signal, tell) => {
      const upload = await uploads.get(uploadId)
      const family = versionOf === undefined ? null : getModel(store, versionOf)
      const id = newId('mdl')
      const staging = `${folder(id)}.tmp`
      try {
        const { size: sizeBytes } = await stat(upload.path)
        const inspected = (await inspect(
          { type: 'openPassport', file: upload.path, folder: staging },
          { ...common, sizeBytes, signal, onProgress: tell },
        )) as InspectedPassport
        await syncFolder(staging)
        await rename(staging, folder(id))
        await syncFolder(path.dirname(folder(id)))
        const card = await checkModelFolder(folder(id))
        const { verification } = inspected
        store.write(() => {
          insertModel(store, {
            id,
            name: family?.name ?? name ?? inspected.name,
            familyId: family?.familyId ?? null,
            state: verification.rows > 0 ? 'verified' : 'imported',
            origin: 'passport',
            jobId: null,
            datasetId: null,
            card,
            licence: inspected.licence,
            fingerprint: inspected.manifestSha256,
            verification: { ...verification, at: Date.now() },
          })
          logModel(store, id, 'imported', { file: upload.fileName, fingerprint: inspected.manifestSha256 })
          if (verification.rows > 0) logModel(store, id, 'verified', verifiedDetail(verification))
        })
      } catch (error) {
        await rm(staging, { recursive: true, force: true })
        throw error
      }
      await uploads.release(uploadId)
      return id
    },
    verify: async (model, signal) => {
      const card = await checkModelFolder(folder(model.id))
      const sizeBytes = filesOf(card).reduce((sum, file) => sum + file.sizeBytes, 0)
      const command = { type: 'verify', folder: folder(model.id) } as const
      const verification = (await inspect(command, { ...common, ...patient, sizeBytes, signal })) as Verification
      store.write(() => {
        setVerification(store, model.id, { ...verification, at: Date.now() })
        if (verification.rows === 0) return
        if (model.state === 'imported') store.run("UPDATE models SET state = 'verified' WHERE id = ?", [model.id])
        logModel(store, model.id, 'verified', verifiedDetail(verification))
      })
    },
  }
}

function verifiedDetail({ rows, largestDifference }: Verification) {
  return { rows, largestDifference }
}

type FileEntry = StoredEntry & { readonly file: string; readonly sha256: string }

/** The parts of a model in the order of the format, each hashed. ERR_7003 where one has changed since its card was checked. */
async function filesIn(folder: string, card: ModelCard): Promise<FileEntry[]> {
  const roles = passportRoleSchema.options.filter(role => role === 'card' || card.files[role] !== undefined)
  const entries: FileEntry[] = []
  for (const role of roles) {
    const name = PASSPORT_FILES[role]
    const file = path.join(folder, name)
    const hash = createHash('sha256')
    let checksum = 0
    let sizeBytes = 0
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      checksum = crc32(chunk, checksum)
      sizeBytes += chunk.length
    }
    const sha256 = hash.digest('hex')
    const stated = role === 'card' ? null : card.files[role]!
    if (stated !== null && (stated.name !== name || stated.sha256 !== sha256)) {
      throw new AppError('ERR_7003', `${name}: its SHA-256 is ${sha256}, the card says ${stated.sha256}`)
    }
    entries.push({ name, file, sizeBytes, crc32: checksum, sha256 })
  }
  return entries
}

function manifestOf(model: Model, onnx: PassportManifest['onnx'], entries: readonly FileEntry[]): PassportManifest {
  const roleOf = new Map(passportRoleSchema.options.map(role => [PASSPORT_FILES[role], role]))
  return passportManifestSchema.parse({
    format: PASSPORT_FORMAT,
    name: model.name,
    version: model.version,
    licence: model.licence,
    onnx,
    files: entries.map(({ name, sizeBytes, sha256 }) => ({ role: roleOf.get(name)!, name, sizeBytes, sha256 })),
  })
}

async function* passportBytes(manifest: Buffer, entries: readonly FileEntry[]): AsyncGenerator<Buffer> {
  const first = { name: MANIFEST_FILE, sizeBytes: manifest.length, crc32: crc32(manifest) }
  yield localHeader(first)
  yield manifest
  for (const entry of entries) {
    yield localHeader(entry)
    yield* createReadStream(entry.file) as AsyncIterable<Buffer>
  }
  yield zipTail([first, ...entries])
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
