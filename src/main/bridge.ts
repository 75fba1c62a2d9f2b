/**
 * The main side of the preload: a line for the contract, files in, files out. Every message is checked twice: that our page,
 * in the main frame of our window, has sent it, and that it is what the preload sends.
 */
import { isAbsolute } from 'node:path'
import { RPCHandler } from '@orpc/server/message-port'
import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron'
import type { HostedApp } from '../core/transport/hosted-app.ts'
import { AppError, type ErrorBody, toErrorBody } from '../shared/errors.ts'
import { isPageUrl } from './page-address.ts'
import { saveDownload } from './save-download.ts'

type Answer<T> = { value: T } | { error: ErrorBody }

export interface BridgeOptions {
  app: HostedApp
  window: () => BrowserWindow | null
  /** A message that our page cannot have sent, or a fault of ours. */
  onError: (error: unknown) => void
}

export function openBridge({ app, window, onError }: BridgeOptions): void {
  const handler = new RPCHandler(app.router)

  ipcMain.on('bindery:channel', (event, ...values: unknown[]) => {
    const [port] = event.ports
    if (!isOurs(event, window()) || values.some(value => value !== null) || port === undefined) {
      onError(new Error(`refused a channel asked for by ${event.senderFrame?.url ?? 'a frame that is gone'}`))
      for (const refused of event.ports) refused.close()
      return
    }
    handler.upgrade(port, { context: {} })
    port.start()
  })

  const answer = <T>(channel: string, run: (values: unknown[]) => Promise<T>): void =>
    ipcMain.handle(channel, async (event, ...values: unknown[]): Promise<Answer<T>> => {
      if (!isOurs(event, window())) {
        onError(new Error(`refused ${channel} asked for by ${event.senderFrame?.url ?? 'a frame that is gone'}`))
        return { error: { code: 'ERR_1002', message: 'refused' } }
      }
      try {
        return { value: await run(values) }
      } catch (error) {
        if (!(error instanceof AppError)) onError(error)
        return { error: toErrorBody(error) }
      }
    })

  answer('bindery:registerFile', async ([path, name]) => {
    if (!isText(path, 32_768) || !isText(name, 255)) throw new AppError('ERR_2001', 'expected a file')
    // What was dragged out of a browser or an archive has no path.
    if (!isAbsolute(path)) throw new AppError('ERR_2005', `${name} is not a file on this machine: save it first`)
    return app.uploads.register(path, name)
  })
  answer('bindery:saveDownload', async ([ticket]) => {
    if (!isText(ticket, 255)) throw new AppError('ERR_2001', 'expected a download')
    return saveDownload({ app, ticket, window: window() })
  })
}

/** Our window, its main frame, our page in it. */
function isOurs(event: IpcMainEvent | IpcMainInvokeEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame
  if (window === null || frame === null || event.sender !== window.webContents) return false
  return frame.parent === null && isPageUrl(frame.url)
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength
}
