// src/shared may import no other folder
import { AppError } from '../core/anything.ts'

export { AppError }
