import { open } from 'node:fs/promises'
import { InferenceSession } from 'onnxruntime-node'
import { AppError } from '../shared/errors.ts'

export { AppError, InferenceSession, open }
