import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LineFile } from './line-file.ts'

const newFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'bindery-lines-')), 'lines.jsonl')

function reopenAfter(left: string): string {
  const file = newFile()
  appendFileSync(file, left)
  const lines = new LineFile(file)
  lines.append([{ next: 1 }])
  lines.close()
  return readFileSync(file, 'utf8')
}

describe('LineFile', () => {
  it('appends whole lines to what is there', () => {
    expect(reopenAfter('{"a":1}\n')).toBe('{"a":1}\n{"next":1}\n')
  })

  it('cuts off a line that was left half', () => {
    expect(reopenAfter('{"a":1}\n{"b":')).toBe('{"a":1}\n{"next":1}\n')
    expect(reopenAfter('{"a"')).toBe('{"next":1}\n')
    expect(reopenAfter('')).toBe('{"next":1}\n')
  })

  it('finds the last line end across blocks', () => {
    const long = `{"a":1}\n${'x'.repeat(9_000)}`
    expect(reopenAfter(long)).toBe('{"a":1}\n{"next":1}\n')
    expect(reopenAfter('x'.repeat(4_096))).toBe('{"next":1}\n')
  })
})
