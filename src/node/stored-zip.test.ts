import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, localHeader, readStoredZip, ZipProblem, zipBytes, zipTail } from './stored-zip.ts'

const files = [
  { name: 'card.json', bytes: Buffer.from('{"µ":1}\n') },
  { name: 'model.onnx', bytes: Buffer.from(Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) % 251)) },
  { name: 'empty.bin', bytes: Buffer.alloc(0) },
]
const entries = files.map(({ name, bytes }) => ({ name, sizeBytes: bytes.length, crc32: crc32(bytes) }))
const archive = Buffer.concat([...files.flatMap(({ bytes }, i) => [localHeader(entries[i]!), bytes]), zipTail(entries)])
const names = new Set(files.map(({ name }) => name))

function read(bytes: Buffer) {
  const source = {
    sizeBytes: bytes.length,
    read: async (at: number, length: number) => {
      if (at + length > bytes.length) throw new ZipProblem('archive', 'it ends')
      return bytes.subarray(at, at + length)
    },
  }
  return readStoredZip(source, { maxEntries: 4, isName: name => names.has(name) })
}

describe('an archive of stored files', () => {
  it('is written as other readers were seen to accept it', () => {
    // Read with every CRC right by zipfile of Python 3.11 and by Info-ZIP's `unzip -t` 6.0.
    expect(archive).toHaveLength(zipBytes(entries))
    expect(createHash('sha256').update(archive).digest('hex')).toBe(
      '130ebfdec2b2976071e1a1d64afde32f9061d5b9059daf4754f0f65b20a0c6d5',
    )
  })

  it('is read back', async () => {
    const found = await read(archive)
    expect(found.map(({ offset, sizeBytes }) => archive.subarray(offset, offset + sizeBytes))).toEqual(
      files.map(({ bytes }) => bytes),
    )
  })

  it('is refused for every bit outside of its files that is another', async () => {
    const placed = await read(archive)
    const inFile = (at: number) => placed.some(({ offset, sizeBytes }) => at >= offset && at < offset + sizeBytes)
    for (let at = 0; at < archive.length; at++) {
      if (inFile(at)) continue
      const changed = Buffer.from(archive)
      changed[at]! ^= 1 << (at % 8)
      await expect(read(changed), `byte ${at}`).rejects.toThrow(ZipProblem)
    }
  })

  it('is refused when it is cut off or longer, anywhere', async () => {
    for (const length of [0, 3, 21, 22, 500, archive.length - 1]) {
      await expect(read(archive.subarray(0, length))).rejects.toThrow(ZipProblem)
    }
    await expect(read(Buffer.concat([archive, Buffer.alloc(1)]))).rejects.toThrow(ZipProblem)
    await expect(read(Buffer.concat([Buffer.alloc(1), archive]))).rejects.toThrow(ZipProblem)
  })

  it('throws nothing else for any bytes', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(), async (noise, at) => {
        const changed = Buffer.from(archive)
        changed.set(noise.subarray(0, archive.length), Math.min(at % archive.length, archive.length - noise.length))
        await read(changed).catch((error: unknown) => expect(error).toBeInstanceOf(ZipProblem))
      }),
      { numRuns: 200 },
    )
  })
})
