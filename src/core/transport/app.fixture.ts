/** For tests of the hosts: the real uploads and downloads behind a router with a few procedures of the contract. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { implement } from '@orpc/server'
import { contract } from '../../shared/contract/index.ts'
import type { AppEvent } from '../../shared/contract/system.ts'
import { AppError } from '../../shared/errors.ts'
import { createDownloads, type Download } from '../uploads/download-service.ts'
import { openUploads, type UploadService } from '../uploads/upload-service.ts'
import type { HostedApp } from './hosted-app.ts'

export interface FixtureApp extends HostedApp {
  uploads: UploadService
  uploadFolder: string
  /** Names of the files in the upload folder. */
  uploaded(): Promise<string[]>
  ticketFor(fileName: string, chunks: readonly string[]): Promise<string>
  /** Event streams that are open now. */
  readonly openStreams: number
  close(): Promise<void>
}

export async function createFixtureApp(): Promise<FixtureApp> {
  const folder = await mkdtemp(join(tmpdir(), 'bindery-hosts-'))
  const uploads = await openUploads(join(folder, 'uploads'))
  const downloads = createDownloads()
  const prepared = new Map<string, Download>()
  downloads.provide('ledger', async id => prepared.get(id)!)
  let openStreams = 0

  async function* events(signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
    openStreams += 1
    try {
      for (let i = 0; !signal?.aborted; i++) {
        yield { type: 'model.removed', id: `mdl_${String(i).padStart(12, '0')}` }
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    } finally {
      openStreams -= 1
    }
  }

  const procedures = implement(contract)
  const router = {
    system: {
      info: procedures.system.info.handler(() => ({
        version: '1.2.3',
        host: 'headless' as const,
        platform: 'test',
        cpus: 1,
        memoryTotalBytes: 1,
        workspace: folder,
        runtime: 'test',
      })),
      events: procedures.system.events.handler(({ signal }) => events(signal)),
    },
    models: {
      get: procedures.models.get.handler(({ input, errors }) => {
        const body = new AppError('ERR_3003', `there is no model ${input.id}`).toBody()
        throw errors.APP({ message: body.message, data: body })
      }),
    },
  }
  return {
    router: router as unknown as HostedApp['router'],
    uploads,
    downloads,
    uploadFolder: join(folder, 'uploads'),
    uploaded: () => readdir(join(folder, 'uploads')),
    ticketFor: async (fileName, chunks) => {
      prepared.set(fileName, { fileName, contentType: 'text/csv', open: () => Readable.from(chunks) })
      return (await downloads.prepare('ledger', fileName)).ticket
    },
    get openStreams() {
      return openStreams
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
