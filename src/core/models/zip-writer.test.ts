import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { zipOf } from './zip-writer.ts'

const entries = [
  { name: 'card.json', bytes: Buffer.from('{"µ":1}\n') },
  { name: 'model.onnx', bytes: Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) % 251) },
  { name: 'empty.bin', bytes: new Uint8Array() },
]

describe('ZIP writer', () => {
  it('writes the archive that other readers were seen to accept', () => {
    const archive = Buffer.concat([...zipOf(entries)])
    // Read with every CRC right by zipfile of Python 3.11 and by Info-ZIP's `unzip -t` 6.0.
    expect(archive).toHaveLength(70_315)
    expect(createHash('sha256').update(archive).digest('hex')).toBe(
      '130ebfdec2b2976071e1a1d64afde32f9061d5b9059daf4754f0f65b20a0c6d5',
    )
  })
})
