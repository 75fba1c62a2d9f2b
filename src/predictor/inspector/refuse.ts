/** Why a file from elsewhere is not taken. `details.rule` names the check, `details.part` what was found wanting. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { OnnxRefusal } from '../../tensor/onnx/refusal.ts'

export function refusal(
  code: Extract<ErrorCode, 'ERR_7003' | 'ERR_7004' | 'ERR_7005' | 'ERR_7006' | 'ERR_2004'>,
  { rule, part, message, cause }: { rule: string; part: string; message: string; cause?: unknown },
): AppError {
  const details = { rule, part }
  return new AppError(code, `${part}: ${message}`, { details, ...(cause === undefined ? {} : { cause }) })
}

/** Runs what reads bytes that nobody vouches for: whatever it throws means that the bytes are not what they should be. */
export function reading<T>(part: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof OnnxRefusal) {
      throw refusal('ERR_7005', { rule: error.rule, part, message: error.message, cause: error })
    }
    const message = error instanceof Error ? error.message : String(error)
    throw refusal('ERR_7004', { rule: 'passport.content', part, message, cause: error })
  }
}
