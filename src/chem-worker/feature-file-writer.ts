import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { encodePrelude, encodeTail, type FeatureFileMeta, PRELUDE_BYTES } from '../chem/features/feature-file.ts'
import { syncFolder } from '../node/atomic-write.ts'

const BUFFER_BYTES = 1 << 20

/**
 * Writes a feature file record by record: under a temporary name, prelude last, synced, renamed. `null` records are refused rows,
 * and `meta` is asked for when all have come. Whatever fails or is cancelled leaves no file behind.
 */
export async function writeFeatureFile(
  file: string,
  records: AsyncIterable<Uint8Array | null>,
  meta: () => FeatureFileMeta,
): Promise<{ rows: number; bytes: number; sha256: string }> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const written = await writeTemporary(temporary, records, meta)
    await rename(temporary, file)
    await syncFolder(path.dirname(file))
    return written
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeTemporary(
  temporary: string,
  records: AsyncIterable<Uint8Array | null>,
  meta: () => FeatureFileMeta,
) {
  const handle = await open(temporary, 'wx', 0o600)
  try {
    const written = await writeBody(handle, records, meta)
    await handle.sync()
    return written
  } finally {
    await handle.close()
  }
}

async function writeBody(handle: FileHandle, records: AsyncIterable<Uint8Array | null>, meta: () => FeatureFileMeta) {
  const body = createBody(handle)
  const offsets = [PRELUDE_BYTES]
  for await (const record of records) {
    if (record) await body.write(record)
    offsets.push(body.offset)
  }
  const { tail, prelude } = encodeTail(Float64Array.from(offsets), meta())
  await body.write(tail)
  await body.flush()
  const sha256 = body.digest()
  await handle.write(encodePrelude({ ...prelude, sha256 }), 0, PRELUDE_BYTES, 0)
  return { rows: prelude.rows, bytes: body.offset, sha256: Buffer.from(sha256).toString('hex') }
}

/** Everything after the prelude, gathered in one buffer, written in large blocks and hashed on the way. */
function createBody(handle: FileHandle) {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let filled = 0
  let flushed = PRELUDE_BYTES

  async function flush(): Promise<void> {
    hash.update(buffer.subarray(0, filled))
    for (let at = 0; at < filled; ) {
      const { bytesWritten } = await handle.write(buffer, at, filled - at, flushed + at)
      at += bytesWritten
    }
    flushed += filled
    filled = 0
  }

  return {
    get offset() {
      return flushed + filled
    },
    flush,
    async write(bytes: Uint8Array): Promise<void> {
      for (let at = 0; at < bytes.byteLength; ) {
        const part = bytes.subarray(at, at + BUFFER_BYTES - filled)
        buffer.set(part, filled)
        filled += part.byteLength
        at += part.byteLength
        if (filled === BUFFER_BYTES) await flush()
      }
    },
    digest: (): Uint8Array => new Uint8Array(hash.digest()),
  }
}
