/**
 * Where every handler starts: the contract with one error boundary around it. An expected failure crosses as the contract's APP
 * error; anything else is a bug, is logged with its stack and crosses as ERR_1001.
 */
import { implement, ORPCError, ValidationError } from '@orpc/server'
import type { Log } from '../../node/log.ts'
import { contract } from '../../shared/contract/index.ts'
import { AppError, type ErrorBody, toErrorBody } from '../../shared/errors.ts'

export type Procedures = ReturnType<typeof createProcedures>

export function createProcedures(log: Log) {
  return implement(contract).use(async ({ next, path }) => {
    try {
      return await next()
    } catch (error) {
      throw asWireError(error, path, log)
    }
  })
}

/** The error a client sees for anything a handler throws. */
export function asWireError(error: unknown, path: readonly string[], log: Log): ORPCError<'APP', ErrorBody> {
  const invalid = invalidInput(error)
  if (!(error instanceof AppError) && invalid === null) {
    log.error({ err: error, procedure: path.join('.') }, 'a handler failed unexpectedly')
  }
  const body = invalid ?? toErrorBody(error)
  return new ORPCError('APP', { message: body.message, data: body, cause: error })
}

/** ERR_2001 with the place of the first problem, where the contract refused the input; an invalid output is a bug of ours. */
function invalidInput(error: unknown): ErrorBody | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST' || !(error.cause instanceof ValidationError))
    return null
  const issues = error.cause.issues.map(issue => ({ place: placeOf(issue.path), message: issue.message }))
  const text = issues.map(({ place, message }) => (place === '' ? message : `${place}: ${message}`)).join('; ')
  const place = issues[0]?.place ?? ''
  return { code: 'ERR_2001', message: text, ...(place === '' ? {} : { path: place }) }
}

function placeOf(path: readonly (PropertyKey | { key: PropertyKey })[] | undefined): string {
  return (path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.')
}
