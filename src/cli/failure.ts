/** What went wrong, as it is printed. */
import { ORPCError } from '@orpc/client'
import { errorBodySchema } from '../shared/contract/common.ts'
import { AppError, type ErrorBody, toErrorBody } from '../shared/errors.ts'

/** A job that ended in another state than `completed`: its failure, and which job it was. */
export class JobFailure extends Error {
  readonly body: ErrorBody
  readonly job: { id: string; state: string }

  constructor(body: ErrorBody, job: { id: string; state: string }) {
    super(body.message)
    this.name = 'JobFailure'
    this.body = body
    this.job = job
  }
}

/** The one object that `--json` prints for a failure. */
export interface FailureReport {
  error: ErrorBody
  job?: { id: string; state: string }
}

export function asFailure(error: unknown): FailureReport {
  if (error instanceof JobFailure) return { error: error.body, job: error.job }
  return { error: asErrorBody(error) }
}

/** Expected failures cross the contract as its APP error with the body as data. */
function asErrorBody(error: unknown): ErrorBody {
  if (error instanceof ORPCError) {
    const body = errorBodySchema.safeParse(error.data)
    if (body.success) return body.data as ErrorBody
  }
  return toErrorBody(error)
}

/** Nothing the user could have caused: its stack is worth showing. */
export function isBug(error: unknown): error is Error {
  return (
    error instanceof Error && !(error instanceof AppError || error instanceof JobFailure || error instanceof ORPCError)
  )
}
