import { join } from 'node:path'
import Database from 'better-sqlite3'
import { recipe } from '../recipes/dmpnn.ts'
import { AppError } from '../shared/errors.ts'

export { AppError, Database, join, recipe }
