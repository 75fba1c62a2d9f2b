/** `PUT /uploads?name=assay.csv`: the bytes of a file stream into the workspace and become an upload id. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HostedApp } from '../core/transport/hosted-app.ts'
import { answerJson } from '../core/transport/http-answers.ts'
import { AppError } from '../shared/errors.ts'

export interface UploadLimits {
  /** Largest file that is taken. */
  maxBytes: number
  /** Disk space that must stay free. */
  keepFreeBytes: number
  /** An upload from which nothing comes for so long is given up. */
  idleMs: number
  freeBytes(): Promise<number>
}

const GIB = 1024 ** 3
export const UPLOAD_LIMITS = { maxBytes: 10 * GIB, keepFreeBytes: 5 * GIB, idleMs: 60_000 }

/** ERR_2004 above the size limit, ERR_5002 where the disk would fill up; both before a byte is read where the length is told. */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { app, limits }: { app: HostedApp; limits: UploadLimits },
): Promise<void> {
  const name = new URL(request.url ?? '', 'http://localhost').searchParams.get('name') ?? ''
  if (name === '' || name.length > 255) throw new AppError('ERR_2001', 'name: expected 1 to 255 characters')
  const room = Math.max(0, (await limits.freeBytes()) - limits.keepFreeBytes)
  const declared = declaredLength(request)
  if (declared !== null) checkSize(declared, limits.maxBytes, room)

  request.setTimeout(limits.idleMs, () => request.destroy(new Error('upload stalled')))
  try {
    const id = await app.uploads.receive(request, name, Math.min(limits.maxBytes, room))
    answerJson(response, 200, { id })
  } catch (error) {
    // The limit that was passed on is the smaller of two; say which one it was.
    if (error instanceof AppError && error.code === 'ERR_2004')
      checkSize(Number.POSITIVE_INFINITY, limits.maxBytes, room)
    throw error
  }
}

function checkSize(bytes: number, maxBytes: number, room: number): void {
  if (bytes > room && room < maxBytes) {
    throw new AppError('ERR_5002', `the file does not fit on the disk: ${room} bytes may still be used`, {
      details: { freeBytes: room },
    })
  }
  if (bytes > maxBytes) {
    throw new AppError('ERR_2004', `the file is too large: expected at most ${maxBytes} bytes`, {
      details: { limitBytes: maxBytes },
    })
  }
}

function declaredLength(request: IncomingMessage): number | null {
  const header = request.headers['content-length']
  return header === undefined ? null : Number(header)
}
