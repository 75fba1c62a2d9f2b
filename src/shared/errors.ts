/**
 * The closed list of expected failures. An `AppError` crosses every wire as `{code, message, path?, details?}`; anything
 * else that is thrown is a bug, is logged with its stack and shown as ERR_1001.
 *
 * 1xxx internal, 2xxx validation, 3xxx not found, 4xxx conflict, 5xxx limits, 6xxx training, 7xxx inference,
 * 8xxx import, 9xxx workers. The second column is the HTTP status the local API answers with.
 */
export const ERROR_CODES = {
  ERR_1001: { status: 500, title: 'Internal error' },
  ERR_1002: { status: 503, title: 'Not available in this host' },
  ERR_1003: { status: 500, title: 'The store is damaged or was written by a newer Bindery' },
  ERR_2001: { status: 400, title: 'Invalid input' },
  ERR_2002: { status: 400, title: 'Unknown column' },
  ERR_2003: { status: 400, title: 'Invalid structure' },
  ERR_2004: { status: 413, title: 'Too large' },
  ERR_2005: { status: 400, title: 'The file cannot be read as a data set' },
  ERR_2006: { status: 400, title: 'The table mixes things that must not be pooled' },
  ERR_2007: { status: 400, title: 'A choice is needed' },
  ERR_3001: { status: 404, title: 'Data set not found' },
  ERR_3002: { status: 404, title: 'Job not found' },
  ERR_3003: { status: 404, title: 'Model not found' },
  ERR_3004: { status: 404, title: 'File not found' },
  ERR_3005: { status: 404, title: 'Upload not found' },
  ERR_3006: { status: 404, title: 'Preset not found' },
  ERR_4001: { status: 409, title: 'Not allowed in this state' },
  ERR_4002: { status: 409, title: 'In use' },
  ERR_4003: { status: 409, title: 'The workspace is owned by another process' },
  ERR_4004: { status: 409, title: 'Stopped by the user' },
  ERR_5001: { status: 429, title: 'Too many requests' },
  ERR_5002: { status: 507, title: 'Not enough disk space' },
  ERR_5003: { status: 413, title: 'Over a limit' },
  ERR_5004: { status: 503, title: 'Not enough memory' },
  ERR_6001: { status: 409, title: 'Too little data to train' },
  ERR_6002: { status: 500, title: 'Training failed' },
  ERR_6003: { status: 409, title: 'The split cannot be made' },
  ERR_6004: { status: 500, title: 'The loss became non-finite' },
  ERR_6005: { status: 409, title: 'The checkpoint does not match' },
  ERR_6006: { status: 503, title: 'Execution provider not available' },
  ERR_7001: { status: 503, title: 'The model cannot be loaded' },
  ERR_7002: { status: 500, title: 'The prediction failed' },
  ERR_7003: { status: 409, title: 'The model file does not match its card' },
  ERR_7004: { status: 400, title: 'The file cannot be read as a model' },
  ERR_7005: { status: 400, title: 'The model uses what is not allowed' },
  ERR_7006: { status: 409, title: 'The model does not give the results its card states' },
  ERR_8001: { status: 503, title: 'The import could not start' },
  ERR_8002: { status: 500, title: 'The import failed' },
  ERR_8003: { status: 504, title: 'The import took too long' },
  ERR_9001: { status: 503, title: 'A worker process ended unexpectedly' },
  ERR_9002: { status: 503, title: 'A worker process did not answer in time' },
  ERR_9003: { status: 503, title: 'A worker process used too much memory' },
} as const

export type ErrorCode = keyof typeof ERROR_CODES
export type ErrorDetails = Record<string, string | number | boolean | null | readonly string[]>

/** What crosses a wire: IPC between processes, the contract, `--json` on the command line. */
export interface ErrorBody {
  code: ErrorCode
  /** What happened, where, what was expected and what was found; one sentence or two. */
  message: string
  /** The input it is about, e.g. `roles.smiles`. */
  path?: string
  details?: ErrorDetails
}

export class AppError extends Error {
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly details: ErrorDetails | undefined

  constructor(
    code: ErrorCode,
    message: string,
    extra: { path?: string; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'AppError'
    this.code = code
    this.path = extra.path
    this.details = extra.details
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }

  static fromBody(body: ErrorBody): AppError {
    return new AppError(body.code, body.message, {
      ...(body.path === undefined ? {} : { path: body.path }),
      ...(body.details === undefined ? {} : { details: body.details }),
    })
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)
}

/** The body of any thrown value. A bug keeps its message and is marked ERR_1001; log its stack where it is caught. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof AppError) return error.toBody()
  return { code: 'ERR_1001', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
