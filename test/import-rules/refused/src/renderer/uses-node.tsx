// src/renderer runs in a sandboxed page
import { readFileSync } from 'node:fs'

export { readFileSync }
