import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isBuildFresh } from './build-state.ts'

describe('isBuildFresh', () => {
  let root: string
  const put = async (path: string, seconds: number) => {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await writeFile(join(root, path), '')
    await utimes(join(root, path), seconds, seconds)
  }
  const age = (path: string, seconds: number) => utimes(join(root, path), seconds, seconds)

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'bindery-build-'))
    for (const path of ['src/core/a.ts', 'src/core/a.test.ts', 'package-lock.json', 'electron.vite.config.ts']) {
      await put(path, 1000)
    }
    await put('out/main/cli.js', 2000)
    for (const folder of ['src/core', 'src']) await age(folder, 1000)
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  it('is fresh when nothing is newer', () => {
    expect(isBuildFresh(root)).toBe(true)
  })

  it.each(['src/core/a.ts', 'package-lock.json', 'electron.vite.config.ts', 'src/core'])(
    'is old when %s is newer',
    async path => {
      await age(path, 3000)
      expect(isBuildFresh(root)).toBe(false)
    },
  )

  it('does not mind a newer test', async () => {
    await age('src/core/a.test.ts', 3000)
    expect(isBuildFresh(root)).toBe(true)
  })

  it('is old when there is no build', async () => {
    await rm(join(root, 'out'), { recursive: true })
    expect(isBuildFresh(root)).toBe(false)
  })
})
