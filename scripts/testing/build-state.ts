/** Is `out/` newer than everything it is built from? */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['src', 'package-lock.json', 'electron.vite.config.ts']
const RESULT = 'out/main/cli.js'

export function isBuildFresh(root: string): boolean {
  const result = join(root, RESULT)
  if (!existsSync(result)) return false
  const builtMs = statSync(result).mtimeMs
  return SOURCES.map(source => join(root, source)).every(source => newestMs(source) < builtMs)
}

/** Of a file, or of everything in a folder; tests are not built. */
function newestMs(path: string): number {
  const state = statSync(path)
  if (!state.isDirectory()) return state.mtimeMs
  const children = readdirSync(path).filter(name => !/\.test\.tsx?$/.test(name))
  // The folder's own time tells of deleted files.
  return Math.max(state.mtimeMs, ...children.map(name => newestMs(join(path, name))))
}
