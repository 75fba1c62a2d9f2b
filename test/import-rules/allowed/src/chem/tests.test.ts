import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

export { expect, readFileSync }
