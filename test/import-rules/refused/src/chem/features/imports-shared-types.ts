// src/chem may import nothing outside its own folder
import type { ErrorBody } from '../../shared/errors.ts'

export type { ErrorBody }
