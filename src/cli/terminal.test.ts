import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatTable } from './format.ts'
import { createTerminal } from './terminal.ts'

class Capture extends Writable {
  text = ''
  isTTY = false
  columns = 40
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

describe('what is printed', () => {
  it('is one JSON object, or lines', () => {
    const [stdout, stderr] = [new Capture(), new Capture()]
    createTerminal({ stdout, stderr }, true).result({ a: 1 }, ['for people'])
    createTerminal({ stdout, stderr }, false).result({ a: 1 }, ['for people', 'two'])
    expect(stdout.text).toBe('{"a":1}\nfor people\ntwo\n')
    expect(stderr.text).toBe('')
  })

  it('replaces progress on a screen and wipes it before a line that stays', () => {
    const [stdout, stderr] = [new Capture(), new Capture()]
    stderr.isTTY = true
    const terminal = createTerminal({ stdout, stderr }, false)
    terminal.progress('epoch 1')
    terminal.progress('epoch 1')
    terminal.progress('x'.repeat(100))
    terminal.note('done')
    const wipe = '\r\u001B[2K'
    expect(stderr.text).toBe(`epoch 1${wipe}${'x'.repeat(39)}${wipe}done\n`)
  })

  it('writes progress to a log as lines, seldom', () => {
    const [stdout, stderr] = [new Capture(), new Capture()]
    const terminal = createTerminal({ stdout, stderr }, true)
    for (let i = 0; i < 100; i++) terminal.progress(`epoch ${i}`)
    expect(stderr.text).toBe('epoch 0\n')
    expect(stdout.text).toBe('')
  })
})

describe('formats', () => {
  it('aligns text to the left, numbers to the right, and shows what is missing', () => {
    expect(
      formatTable(
        ['name', 'n'],
        [
          ['a', 5],
          ['long name', 100],
          ['b', null],
        ],
      ),
    ).toEqual(['name         n', 'a            5', 'long name  100', 'b            –'])
  })

  it.each([
    [3.21, '3.2 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
    [3_840, '1 h 4 min'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [2_560_000, '2.6 MB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})
