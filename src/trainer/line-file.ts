import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * A file of lines that are appended whole, so that a reader who follows it by byte offset never meets a half line that stays one.
 * What a killed process left after the last line end is cut off when the file is opened again.
 */
export class LineFile {
  readonly #descriptor: number

  constructor(file: string) {
    if (existsSync(file)) cutPartialLine(file)
    this.#descriptor = openSync(file, 'a')
  }

  append(entries: readonly object[]): void {
    if (entries.length === 0) return
    writeSync(this.#descriptor, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''))
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

const LINE_END = 0x0a
const BLOCK_BYTES = 4096

function cutPartialLine(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    const { size } = fstatSync(descriptor)
    let end = size
    const block = Buffer.alloc(BLOCK_BYTES)
    while (end > 0) {
      const start = Math.max(0, end - BLOCK_BYTES)
      const read = readSync(descriptor, block, 0, end - start, start)
      const last = block.subarray(0, read).lastIndexOf(LINE_END)
      end = last === -1 ? start : start + last + 1
      if (last !== -1) break
    }
    if (end < size) ftruncateSync(descriptor, end)
  } finally {
    closeSync(descriptor)
  }
}
