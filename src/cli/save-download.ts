/** Writes a prepared download to a file: whole, or not at all. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../shared/errors.ts'
import type { Session } from './session.ts'

/** Refused before any work is done: ERR_3004 where the folder is not there, ERR_2001 where the file itself is one. */
export async function checkWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file))
  const found = await stat(folder).catch(() => null)
  if (found === null || !found.isDirectory()) {
    throw new AppError('ERR_3004', `--output: there is no folder ${folder}`, { path: '--output' })
  }
  if ((await stat(file).catch(() => null))?.isDirectory() === true) {
    throw new AppError('ERR_2001', `--output: ${file} is a folder`, { path: '--output' })
  }
}

export async function saveDownload(session: Session, ticket: string, file: string): Promise<void> {
  const target = resolve(file)
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await pipeline(await session.openDownload(ticket), createWriteStream(temporary, { flags: 'wx' }))
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
