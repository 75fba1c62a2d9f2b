// src/chem may import nothing outside its own folder
import { AppError } from '../shared/errors.ts'

export { AppError }
