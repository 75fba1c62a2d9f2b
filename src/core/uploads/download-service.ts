/** Files on their way out: a ticket is made in a call and traded once, within minutes, for the bytes. */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { DownloadRequest } from '../../shared/contract/system.ts'
import { AppError } from '../../shared/errors.ts'

export interface Download {
  fileName: string
  contentType: string
  /** Opens the bytes when the ticket is traded in. */
  open(): Readable
}
export interface OpenDownload {
  fileName: string
  contentType: string
  stream: Readable
}

export type DownloadKind = DownloadRequest['what']
/** Kinds that need no more than the id look no further. */
type Source = (id: string, request: DownloadRequest | undefined) => Promise<Download>

export interface DownloadService {
  /** The part that owns a kind of file says once how it is made. */
  provide(kind: DownloadKind, source: Source): void
  /** ERR_1002 where no part provides the kind. */
  prepare(kind: DownloadKind, id: string, request?: DownloadRequest): Promise<{ ticket: string; fileName: string }>
  /** A ticket for a file that was made for one call. */
  offer(download: Download): { ticket: string; fileName: string }
  /** ERR_3004 for a ticket that is unknown, used or too old. */
  open(ticket: string): Promise<OpenDownload>
}

const TICKET_LIFE_MS = 5 * 60_000

export function createDownloads(now: () => number = Date.now): DownloadService {
  const sources = new Map<DownloadKind, Source>()
  const tickets = new Map<string, { download: Download; expires: number }>()

  function offer(download: Download): { ticket: string; fileName: string } {
    for (const [ticket, { expires }] of tickets) if (expires < now()) tickets.delete(ticket)
    const ticket = randomBytes(24).toString('base64url')
    tickets.set(ticket, { download, expires: now() + TICKET_LIFE_MS })
    return { ticket, fileName: download.fileName }
  }

  return {
    provide: (kind, source) => {
      if (sources.has(kind)) throw new Error(`downloads of kind ${kind} are provided twice`)
      sources.set(kind, source)
    },
    prepare: async (kind, id, request) => {
      const source = sources.get(kind)
      if (source === undefined) throw new AppError('ERR_1002', `this host cannot make downloads of kind ${kind}`)
      return offer(await source(id, request))
    },
    offer,
    open: async ticket => {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      if (found === undefined || found.expires < now()) {
        throw new AppError('ERR_3004', 'this download link was used already or is too old: ask for the file again')
      }
      const { fileName, contentType, open } = found.download
      return { fileName, contentType, stream: open() }
    },
  }
}
