import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemBrowser } from './find-browser.ts'

describe.runIf(process.platform === 'linux')('systemBrowser', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bindery-browser-'))
    for (const name of ['a', 'b']) await mkdir(join(folder, name))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const path = () => ['', join(folder, 'a'), join(folder, 'b')].join(delimiter)

  it('prefers Chromium wherever it lies', async () => {
    for (const name of ['a/google-chrome', 'b/chromium']) {
      await writeFile(join(folder, name), '#!/bin/sh\n')
      await chmod(join(folder, name), 0o755)
    }
    expect(systemBrowser(path())).toBe(join(folder, 'b/chromium'))
  })

  it('passes over a file that cannot be run', async () => {
    await writeFile(join(folder, 'a/chromium'), 'a text', { mode: 0o644 })
    expect(systemBrowser(path())).toBeNull()
  })
})
