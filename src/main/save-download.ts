/** Asks where a prepared download goes and writes it there: whole, or not at all. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type BrowserWindow, dialog, app as electronApp } from 'electron'
import type { HostedApp } from '../core/transport/hosted-app.ts'

export interface SaveRequest {
  app: Pick<HostedApp, 'downloads'>
  ticket: string
  window: BrowserWindow | null
}

/** `false` where the user closed the dialog. ERR_3004 for a ticket that is unknown, used or too old. */
export async function saveDownload({ app, ticket, window }: SaveRequest): Promise<boolean> {
  const { fileName, stream } = await app.downloads.open(ticket)
  const options = { defaultPath: join(electronApp.getPath('downloads'), fileName) }
  const choice = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
  if (choice.canceled) {
    stream.destroy()
    return false
  }
  const temporary = `${choice.filePath}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await pipeline(stream, createWriteStream(temporary, { flags: 'wx' }))
    await rename(temporary, choice.filePath)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return true
}
