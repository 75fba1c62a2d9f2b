import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openLog } from './log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bindery-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('openLog', () => {
  it('begins a new file at its limit and keeps only the newest', async () => {
    const { log, close } = await openLog(folder, { fileMegabytes: 1, files: 2 })
    const text = 'x'.repeat(10_000)
    // 1.5 MB at a time; the next follows once the file was left, however slow the disk is.
    for (let portion = 0; portion < 3; portion++) {
      for (let line = 0; line < 150; line++) log.info({ line: 150 * portion + line, text }, 'a line')
      await vi.waitFor(() => expect(readdirSync(folder)).toContain(`bindery.${portion + 2}.log`), 10_000)
    }
    log.info({ line: 450 }, 'the last line')
    await close()
    const files = readdirSync(folder)
    expect(files.length).toBe(2)
    for (const file of files) expect(statSync(path.join(folder, file)).size).toBeLessThan(1.6e6)
    const lines = files.flatMap(file =>
      readFileSync(path.join(folder, file), 'utf8')
        .trim()
        .split('\n')
        .map(text => JSON.parse(text).line),
    )
    expect(Math.max(...lines)).toBe(450)
  })

  it('goes on in a later process, names the process and hides secrets', async () => {
    for (const msg of ['one', 'two']) {
      const { log, close } = await openLog(folder)
      log.info({ token: 'secret', nested: { key: 'secret' } }, msg)
      await close()
    }
    const text = readdirSync(folder)
      .map(file => readFileSync(path.join(folder, file), 'utf8'))
      .join('')
    expect(text).not.toContain('secret')
    expect(
      text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toMatchObject([
      { msg: 'one', pid: process.pid, token: '(hidden)' },
      { msg: 'two', pid: process.pid },
    ])
  })
})
