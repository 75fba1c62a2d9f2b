/** The two hosts a page can live in: Electron's window and a browser tab served by the headless host. */
import { RPCLink as MessagePortLink } from '@orpc/client/message-port'
import { RPCLink as WebSocketLink } from '@orpc/client/websocket'
import type { Line } from './connect.ts'
import { createConnection } from './connect.ts'

/** What Electron's preload puts into the page. */
export interface BinderyBridge {
  /** Asks for a line; it arrives as a window message `bindery:channel` that carries a `MessagePort`. */
  openChannel(): void
  /** Registers a dropped or chosen file by its path and answers with an upload id. */
  registerFile(file: File): Promise<string>
  /** Shows the save dialog and writes the ticket's file; false where the user closed the dialog. */
  saveDownload(ticket: string): Promise<boolean>
}

declare global {
  interface Window {
    bindery?: BinderyBridge
  }
}

const bridge = window.bindery

export const connection = createConnection(bridge ? () => openPort(bridge) : openSocket)
export const client = connection.client

function openSocket(): Promise<Line> {
  const { promise, resolve, reject } = Promise.withResolvers<Line>()
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${window.location.host}/contract`)
  const closed = new Promise<void>(done => socket.addEventListener('close', () => done(), { once: true }))
  socket.addEventListener('open', () => resolve({ link: new WebSocketLink({ websocket: socket }), closed }))
  socket.addEventListener('close', () => reject(new Error('the socket was closed before it opened')))
  return promise
}

function openPort(host: BinderyBridge): Promise<Line> {
  const { promise, resolve } = Promise.withResolvers<Line>()
  const receive = (event: MessageEvent): void => {
    if (event.source !== window || event.data !== 'bindery:channel') return
    const port = event.ports[0]
    if (!port) return
    window.removeEventListener('message', receive)
    const closed = new Promise<void>(done => port.addEventListener('close', () => done(), { once: true }))
    const link = new MessagePortLink({ port })
    port.start()
    resolve({ link, closed })
  }
  window.addEventListener('message', receive)
  host.openChannel()
  return promise
}

/** Hands a file to the application. @returns the upload id that contract calls take. */
export async function uploadFile(file: File, signal?: AbortSignal): Promise<string> {
  if (bridge) return bridge.registerFile(file)
  const response = await fetch(`/uploads?name=${encodeURIComponent(file.name)}`, {
    method: 'PUT',
    body: file,
    ...(signal ? { signal } : {}),
  })
  const answer: unknown = await response.json()
  if (response.ok && isRecord(answer) && typeof answer.id === 'string') return answer.id
  throw isRecord(answer) && isRecord(answer.error) ? answer.error : new Error(`upload: HTTP ${response.status}`)
}

type DownloadWanted = Parameters<typeof client.system.prepareDownload>[0]

/** Brings a file of the application to where the user keeps files. */
export async function download(wanted: DownloadWanted): Promise<void> {
  await downloadTicket(await client.system.prepareDownload(wanted))
}

/** The same for a ticket that another call has made. */
export async function downloadTicket({ ticket, fileName }: { ticket: string; fileName: string }): Promise<void> {
  if (bridge) {
    await bridge.saveDownload(ticket)
    return
  }
  saveAs(`/downloads/${encodeURIComponent(ticket)}`, fileName)
}

/** Saves what the page itself made: a chart, a table as it is seen. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob)
  saveAs(url, fileName)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function saveAs(href: string, fileName: string): void {
  const anchor = document.createElement('a')
  anchor.href = href
  anchor.download = fileName
  anchor.click()
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
