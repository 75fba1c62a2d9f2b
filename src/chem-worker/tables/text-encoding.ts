/** What a file of bytes is: its hash, and the encoding of its text, told from its bytes alone. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

const HEAD_BYTES = 64 * 1024

/** The first bytes of a file, fewer where it is shorter. */
export async function readHead(file: string, bytes = HEAD_BYTES): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    let filled = 0
    while (filled < bytes) {
      const { bytesRead } = await handle.read(buffer, filled, bytes - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await handle.close()
  }
}

const SIGNATURES: readonly { bytes: readonly number[]; what: string }[] = [
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Office document (.xls): save it as .xlsx or CSV' },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG picture' },
  { bytes: [0xff, 0xd8, 0xff], what: 'a JPEG picture' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], what: 'an SQLite database' },
]

/** Throws ERR_2005 for a file that is empty or no text. */
export function checkText(head: Buffer): void {
  if (head.length === 0) throw new AppError('ERR_2005', 'the file is empty')
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  if (known !== undefined) throw new AppError('ERR_2005', `expected a table as text, got ${known.what}`)
  const encoding = encodingByMark(head) ?? encodingByZeros(head)
  if (encoding === null && head.includes(0)) {
    throw new AppError('ERR_2005', 'expected a table as text, got binary data (it contains NUL bytes)')
  }
}

/** The encoding, for a head that passed `checkText` and what is known of the whole file. */
export function encodingOf(head: Buffer, isUtf8: boolean): Encoding {
  // Every byte means something in Windows-1252, of which Latin-1's printable part is a subset.
  return encodingByMark(head) ?? encodingByZeros(head) ?? (isUtf8 ? 'utf-8' : 'windows-1252')
}

function encodingByMark(head: Buffer): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return null
}

/** UTF-16 without a mark: in a table of mostly ASCII every second byte is zero. */
function encodingByZeros(head: Buffer): Encoding | null {
  const zeros = [0, 0]
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2]!++
  const half = head.length / 2
  if (zeros[1]! > 0.6 * half && zeros[0]! < 0.05 * half) return 'utf-16le'
  if (zeros[0]! > 0.6 * half && zeros[1]! < 0.05 * half) return 'utf-16be'
  return null
}

export interface FileScan {
  sizeBytes: number
  /** Of the bytes, hex. */
  sha256: string
  isUtf8: boolean
}

/** Reads the whole file once. A byte that is not UTF-8 may come late, after a head of plain ASCII. */
export async function scanFile(file: string, breathe: () => Promise<void>): Promise<FileScan> {
  const hash = createHash('sha256')
  const strict = new TextDecoder('utf-8', { fatal: true })
  let sizeBytes = 0
  let isUtf8 = true
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    hash.update(chunk)
    isUtf8 &&= decodes(strict, chunk)
    await breathe()
  }
  isUtf8 &&= decodes(strict, null)
  return { sizeBytes, sha256: hash.digest('hex'), isUtf8 }
}

function decodes(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | null): boolean {
  try {
    if (chunk === null) decoder.decode()
    else decoder.decode(chunk, { stream: true })
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
