import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openFeatureFile, PRELUDE_BYTES } from '../chem/features/feature-file.ts'
import { writeFeatureFile } from './feature-file-writer.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-features-'))
afterAll(() => rmSync(folder, { recursive: true }))

const meta = () => ({ sections: ['torsions'] as const, toolkit: 'none', refusals: [] })

async function* each(records: (Uint8Array | null)[]) {
  yield* records
}

describe('writeFeatureFile', () => {
  it('writes records smaller than, as large as and larger than its buffer, and hashes the body', async () => {
    const sizes = [4, (1 << 20) - 4, 1 << 20, 3 * (1 << 20) + 8, 12]
    const records = sizes.flatMap((size, k) => [new Uint8Array(size).map((_, i) => i * 7 + k), null])
    const file = path.join(folder, 'sizes.features')
    const written = await writeFeatureFile(file, each(records), meta)

    const bytes = readFileSync(file)
    expect(written).toEqual({
      rows: records.length,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes.subarray(PRELUDE_BYTES)).digest('hex'),
    })
    const reader = openFeatureFile((offset, length) => bytes.subarray(offset, offset + length))
    for (const [row, record] of records.entries()) {
      const read = reader.bytes(row)
      expect(read === null ? null : Buffer.compare(read, record ?? new Uint8Array())).toBe(record === null ? null : 0)
    }
  })

  it('writes a file without rows', async () => {
    const file = path.join(folder, 'empty.features')
    expect((await writeFeatureFile(file, each([]), meta)).rows).toBe(0)
    const bytes = readFileSync(file)
    expect(openFeatureFile((offset, length) => bytes.subarray(offset, offset + length)).rows).toBe(0)
  })

  it('leaves an existing file alone when its records fail', async () => {
    const file = path.join(folder, 'kept.features')
    await writeFeatureFile(file, each([Uint8Array.of(1, 2, 3, 4)]), meta)
    const before = readFileSync(file)
    async function* failing() {
      yield Uint8Array.of(9, 9, 9, 9)
      throw new Error('no more')
    }
    await expect(writeFeatureFile(file, failing(), meta)).rejects.toThrow('no more')
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })
})
