/** From the bytes of a passport to the folder of a model, and from there to what it says of itself. */
import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { crc32, type PlacedEntry, readStoredZip, ZipProblem } from '../../node/stored-zip.ts'
import type { ModelCard } from '../../shared/contract/models.ts'
import type { InspectedPassport, InspectorProgress } from '../../shared/inspector-protocol.ts'
import {
  MANIFEST_FILE,
  PASSPORT_FILES,
  PASSPORT_LIMITS,
  type PassportManifest,
  type PassportRole,
  passportManifestSchema,
  problemsOf,
} from '../../shared/passport.ts'
import { readCard } from './read-card.ts'
import { refusal } from './refuse.ts'
import { verifyModel } from './verify.ts'

type Tell = (progress: InspectorProgress) => void

const ROLE_OF: ReadonlyMap<string, PassportRole | 'manifest'> = new Map([
  [MANIFEST_FILE, 'manifest'],
  ...Object.entries(PASSPORT_FILES).map(([role, name]) => [name, role as PassportRole] as const),
])

/**
 * ERR_7004: it is no passport, or not as it was written. ERR_2004: a part is too large. ERR_7003: a file is not the one that is stated.
 * ERR_7005: the ONNX model uses what is not allowed. ERR_7006: it does not give the results of its card.
 */
export async function openPassport(
  { file, folder }: { file: string; folder: string },
  tell: Tell,
): Promise<InspectedPassport> {
  const handle = await open(file, 'r')
  try {
    const source = {
      sizeBytes: (await handle.stat()).size,
      read: (at: number, length: number) => readAt(handle, at, length),
    }
    const entries = await asRefusal(
      readStoredZip(source, { maxEntries: ROLE_OF.size, isName: name => ROLE_OF.has(name) }),
    )
    for (const { name, sizeBytes } of entries) checkSize(name, sizeBytes)
    const [first, ...rest] = entries
    if (first?.name !== MANIFEST_FILE) {
      throw refusal('ERR_7004', { rule: 'passport.manifest', part: MANIFEST_FILE, message: 'it does not come first' })
    }
    const manifestBytes = await readEntry(handle, first)
    const manifest = parseManifest(manifestBytes)
    checkListed(manifest, rest)
    await mkdir(folder, { recursive: true })
    await unpack(handle, { manifest, entries: rest, folder, tell })
    const card = await readCard(folder)
    checkCardFiles(card, manifest)
    const verification = await verifyModel(folder, { card, declared: manifest.onnx, tell })
    return {
      manifestSha256: createHash('sha256').update(manifestBytes).digest('hex'),
      name: manifest.name,
      version: manifest.version,
      licence: manifest.licence,
      verification: { ...verification, checks: ['archive', 'hashes', ...verification.checks] },
    }
  } finally {
    await handle.close()
  }
}

async function asRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ZipProblem)) throw error
    throw refusal('ERR_7004', { rule: 'passport.archive', part: error.place, message: error.message, cause: error })
  }
}

function checkSize(name: string, sizeBytes: number): void {
  const limit = PASSPORT_LIMITS[ROLE_OF.get(name)!]
  if (sizeBytes <= limit) return
  throw refusal('ERR_2004', { rule: 'passport.size', part: name, message: `${sizeBytes} bytes, at most ${limit}` })
}

function parseManifest(bytes: Buffer): PassportManifest {
  const refuse = (message: string, cause?: unknown) =>
    refusal('ERR_7004', { rule: 'passport.manifest', part: MANIFEST_FILE, message, cause })
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw refuse('it is no JSON', error)
  }
  const parsed = passportManifestSchema.safeParse(json)
  if (!parsed.success) throw refuse(problemsOf(parsed.error))
  return parsed.data
}

/** The archive holds what the manifest lists, in its order, under the names of the parts. */
function checkListed({ files }: PassportManifest, entries: readonly PlacedEntry[]): void {
  const listed = files.map(({ role, name }) => ({ role, name }))
  const wrong = listed.find(({ role, name }) => PASSPORT_FILES[role] !== name)
  if (wrong !== undefined || entries.map(({ name }) => name).join() !== listed.map(({ name }) => name).join()) {
    const found = entries.map(({ name }) => name).join(', ')
    const message = `it lists ${listed.map(({ name }) => name).join(', ')}; the archive holds ${found || 'nothing'}`
    throw refusal('ERR_7004', { rule: 'passport.manifest', part: MANIFEST_FILE, message })
  }
  const roles = new Set(listed.map(({ role }) => role))
  for (const role of ['card', 'model', 'domain'] as const) {
    if (roles.has(role)) continue
    throw refusal('ERR_7004', { rule: 'passport.manifest', part: PASSPORT_FILES[role], message: 'it is not there' })
  }
}

async function unpack(
  handle: FileHandle,
  task: { manifest: PassportManifest; entries: readonly PlacedEntry[]; folder: string; tell: Tell },
): Promise<void> {
  const total = task.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let done = 0
  for (const [i, entry] of task.entries.entries()) {
    const stated = task.manifest.files[i]!
    const out = await open(path.join(task.folder, entry.name), 'wx', 0o600)
    const sha256 = createHash('sha256')
    let checksum = 0
    try {
      for await (const chunk of chunksOf(handle, entry)) {
        sha256.update(chunk)
        checksum = crc32(chunk, checksum)
        await out.writeFile(chunk)
        done += chunk.length
        task.tell({ stage: 'unpacking', done, total })
      }
      await out.sync()
    } finally {
      await out.close()
    }
    checkContent(entry, { checksum, sha256: sha256.digest('hex') }, stated)
  }
}

function checkContent(
  entry: PlacedEntry,
  found: { checksum: number; sha256: string },
  stated: PassportManifest['files'][number],
): void {
  const refuse = (message: string) => refusal('ERR_7003', { rule: 'passport.hash', part: entry.name, message })
  if (found.sha256 !== stated.sha256) {
    throw refuse(`it was changed: its SHA-256 is ${found.sha256}, the manifest says ${stated.sha256}`)
  }
  if (found.checksum !== entry.crc32) throw refuse('the checksum before it was changed')
  if (entry.sizeBytes !== stated.sizeBytes) {
    throw refuse(`it has ${entry.sizeBytes} bytes, the manifest says ${stated.sizeBytes}`)
  }
}

/** The card names the very files of the archive. */
function checkCardFiles(card: ModelCard, { files }: PassportManifest): void {
  for (const { role, name, sizeBytes, sha256 } of files) {
    if (role === 'card') continue
    const named = card.files[role]
    if (named?.name === name && named.sha256 === sha256 && named.sizeBytes === sizeBytes) continue
    const message = `it is not the file of the card (${named === undefined ? 'which names none' : named.sha256})`
    throw refusal('ERR_7003', { rule: 'passport.card', part: name, message })
  }
  const enclosed = new Set(files.map(({ role }) => role))
  for (const role of ['kernels', 'holdout'] as const) {
    if (card.files[role] === undefined || enclosed.has(role)) continue
    throw refusal('ERR_7003', {
      rule: 'passport.card',
      part: PASSPORT_FILES[role],
      message: 'the card names it, it is not there',
    })
  }
}

async function readEntry(handle: FileHandle, entry: PlacedEntry): Promise<Buffer> {
  const bytes = await readAt(handle, entry.offset, entry.sizeBytes)
  if (crc32(bytes) === entry.crc32) return bytes
  throw refusal('ERR_7003', {
    rule: 'passport.hash',
    part: entry.name,
    message: 'it was changed: its checksum is another',
  })
}

const CHUNK_BYTES = 1024 ** 2

async function* chunksOf(handle: FileHandle, { offset, sizeBytes }: PlacedEntry): AsyncGenerator<Buffer> {
  for (let at = 0; at < sizeBytes; at += CHUNK_BYTES) {
    yield await readAt(handle, offset + at, Math.min(CHUNK_BYTES, sizeBytes - at))
  }
}

/** Exactly `length` bytes; a file that ends before is one that lies about its sizes. */
async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { size } = await handle.stat()
  if (offset < 0 || offset + length > size) throw new ZipProblem('archive', `it ends at ${size}`)
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) throw new ZipProblem('archive', `it ends at ${offset + done}`)
    done += bytesRead
  }
  return bytes
}
