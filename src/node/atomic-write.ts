/** Files that are whole or absent: written under a temporary name in the same folder, synced, renamed. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Replaces `file` in one step. A crash leaves the old content, and at worst a `.tmp` file beside it. */
export async function writeFileAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(file)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(path.dirname(file))
}

/** The same of a copy. */
export async function copyFileAtomic(from: string, to: string): Promise<void> {
  const temporary = temporaryName(to)
  try {
    await copyFile(from, temporary)
    await rename(temporary, to)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(path.dirname(to))
}

/** Makes the rename itself survive a power cut. Windows does not open folders and needs none of this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The same without an event loop, for small files written while a process starts or ends. */
export function writeFileAtomicSync(file: string, content: string | Uint8Array): void {
  const temporary = temporaryName(file)
  try {
    const descriptor = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(descriptor, content)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** What writers that were killed left in a folder. Only while nobody else writes into it. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (TEMPORARY.test(name)) await rm(path.join(folder, name), { force: true })
  }
}

const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/

function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}.tmp`
}
