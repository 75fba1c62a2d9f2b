/** What the page shows of a failure. */
import type { ErrorBody, ErrorCode } from '../../shared/errors.ts'
import { ConnectionLostError } from './connect.ts'

/** `connection` is the page's own: the line to the application is down. */
export interface UiError extends Omit<ErrorBody, 'code'> {
  code: ErrorCode | 'connection'
}

/** Expected failures cross the wire as the one error `APP` with an `ErrorBody` as data; all else is shown as a bug. */
export function toUiError(error: unknown): UiError {
  if (error instanceof ConnectionLostError) return { code: 'connection', message: '' }
  const body = bodyOf(error)
  if (body) return body
  console.error(error)
  return { code: 'ERR_1001', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}

function bodyOf(error: unknown): ErrorBody | null {
  if (typeof error !== 'object' || error === null) return null
  const data = 'data' in error ? error.data : error
  if (typeof data !== 'object' || data === null || !('code' in data) || !('message' in data)) return null
  return typeof data.code === 'string' && data.code.startsWith('ERR_') ? (data as ErrorBody) : null
}

/** Was the call given up by the page itself? Such failures are shown to nobody. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true || (error instanceof DOMException && error.name === 'AbortError')
}
