/** The card of a model and the files it names: read as what they are, untrusted until every hash agrees. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type AnyCard, anyCardSchema, type ModelFile } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'

export const CARD_FILE = 'card.json'

/** ERR_7003 naming the folder's fault: no card, a card that is none, a file that is missing or not the one it names. */
export async function checkModelFolder(folder: string): Promise<AnyCard> {
  const card = await readCard(folder)
  for (const file of filesOf(card)) await checkFile(folder, file)
  return card
}

/** The files that a card names: all that belongs to the model besides the card. */
export function filesOf({ files }: { files: AnyCard['files'] }): ModelFile[] {
  return Object.values(files).filter(file => file !== undefined)
}

export async function readCard(folder: string): Promise<AnyCard> {
  const file = path.join(folder, CARD_FILE)
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : 'it cannot be read'
    throw new AppError('ERR_7003', `${CARD_FILE}: ${why}`, { details: { folder }, cause: error })
  }
  const parsed = anyCardSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = z.prettifyError(parsed.error).replaceAll('\n', ' ')
  throw new AppError('ERR_7003', `${CARD_FILE}: ${problems}`, { details: { folder } })
}

async function checkFile(folder: string, file: ModelFile): Promise<void> {
  // A name from a file is no path of ours.
  if (path.basename(file.name) !== file.name || file.name.startsWith('.')) {
    throw new AppError('ERR_7003', `${CARD_FILE}: expected a plain file name, got ${JSON.stringify(file.name)}`)
  }
  const at = path.join(folder, file.name)
  const size = await sizeOf(at)
  if (size !== file.sizeBytes) {
    const found = size === null ? 'it is not there' : `it has ${size}`
    throw new AppError('ERR_7003', `${file.name}: expected ${file.sizeBytes} bytes, ${found}`, { details: { folder } })
  }
  const sha256 = await sha256OfFile(at)
  if (sha256 !== file.sha256) {
    throw new AppError('ERR_7003', `${file.name}: its SHA-256 is ${sha256}, the card says ${file.sha256}`, {
      details: { folder },
    })
  }
}

export async function sha256OfFile(file: string, from = 0): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { start: from })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
