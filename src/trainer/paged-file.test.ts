import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PagedFile } from './paged-file.ts'

const content = Uint8Array.from({ length: 1_000 }, (_, i) => (i * 7) % 251)
let folder = ''
let file = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bindery-pages-'))
  file = path.join(folder, 'content.bin')
  writeFileSync(file, content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('PagedFile', () => {
  it('gives any stretch, within a block, across several and at the end of the file', () => {
    const paged = new PagedFile(file, { pageBytes: 64, keptPages: 3 })
    for (let k = 0; k < 300; k++) {
      const offset = (k * 37) % 1_000
      const length = Math.min((k * 13) % 400, 1_000 - offset)
      expect(paged.read(offset, length)).toEqual(content.slice(offset, offset + length))
    }
    paged.close()
  })

  it('reads a block once while it is kept, and neighbours with it', () => {
    const paged = new PagedFile(file, { pageBytes: 100, keptPages: 2 })
    for (let at = 0; at < 200; at += 10) paged.read(at, 10)
    expect(paged.reads).toBe(2)
    paged.read(0, 10) // the older of the two becomes the younger
    paged.read(200, 10)
    paged.read(0, 10)
    expect(paged.reads).toBe(3)
    paged.read(100, 10) // was dropped
    expect(paged.reads).toBe(4)
    paged.close()
  })

  it('says where the file ends', () => {
    const paged = new PagedFile(file, { pageBytes: 64 })
    expect(() => paged.read(990, 20)).toThrow('ends at 1000, 1010 bytes were expected')
    expect(() => paged.read(5_000, 8)).toThrow('bytes were expected')
    paged.close()
  })
})
