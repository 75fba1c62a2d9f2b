/** What a command needs of a workspace, whether this process owns it or another one does. */
import type { Readable } from 'node:stream'
import { createRouterClient } from '@orpc/server'
import type { BinderyClient } from '../../shared/contract/index.ts'
import type { HostedApp } from '../transport/hosted-app.ts'

export interface Connection {
  readonly client: BinderyClient
  /** Registers an existing file by its absolute path and answers with an upload id. */
  registerFile(path: string, fileName: string): Promise<string>
  /** The bytes of a download that `system.prepareDownload` made a ticket for. */
  openDownload(ticket: string): Promise<Readable>
}

export function createInProcessConnection(app: HostedApp): Connection {
  return {
    client: createRouterClient(app.router, { context: {} }) as BinderyClient,
    registerFile: (path, fileName) => app.uploads.register(path, fileName),
    openDownload: async ticket => (await app.downloads.open(ticket)).stream,
  }
}
