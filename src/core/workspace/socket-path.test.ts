import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSocketPath } from './socket-path.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bindery-socket-'))
})
afterEach(() => rmSync(root, { recursive: true }))

it('is short however long the workspace is, and lies in a folder of the user alone', () => {
  const workspace = join(root, 'w'.repeat(200))
  mkdirSync(workspace)
  const path = createSocketPath(workspace, join(root, 'run'))
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
})

it('falls back to /tmp where the runtime folder is too deep', () => {
  const path = createSocketPath(root, join(root, 'r'.repeat(120)))
  expect(path).toMatch(/^\/tmp\/bindery-\d+\/[0-9a-f]{16}\.sock$/)
})

it('falls back to /tmp where the runtime folder cannot be made', () => {
  writeFileSync(join(root, 'file'), '')
  expect(createSocketPath(root, join(root, 'file/run'))).toMatch(/^\/tmp\/bindery-\d+\/[0-9a-f]{16}\.sock$/)
})

it('differs between workspaces and removes what a crashed owner left', () => {
  const [a, b] = ['a', 'b'].map(name => join(root, name)) as [string, string]
  mkdirSync(a)
  mkdirSync(b)
  const run = join(root, 'run')
  const path = createSocketPath(a, run)
  expect(createSocketPath(b, run)).not.toBe(path)
  writeFileSync(path, '')
  expect(createSocketPath(a, run)).toBe(path)
  expect(existsSync(path)).toBe(false)
})

it('refuses a folder that others may enter, or a link that someone put there', () => {
  const open = join(root, 'open')
  mkdirSync(open)
  chmodSync(open, 0o755)
  expect(() => createSocketPath(root, open)).toThrow(/mode 700\), found mode 755/)
  const link = join(root, 'link')
  mkdirSync(join(root, 'target'), { mode: 0o700 })
  symlinkSync(join(root, 'target'), link)
  expect(() => createSocketPath(root, link)).toThrow(/found something else/)
})
