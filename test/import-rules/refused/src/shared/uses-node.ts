// src/shared may use zod and @orpc/contract only
import { readFile } from 'node:fs/promises'

export { readFile }
