/** Reads a file that another process appends to, whole lines only, from a byte offset on. */

import type { FileHandle } from 'node:fs/promises'
import { openIfThere } from '../../node/open-if-there.ts'
import { ownTurn } from './own-turn.ts'

/** How far a file has been read: bytes up to the end of a line, and how many lines those are. */
export interface FilePosition {
  bytes: number
  lines: number
}

export interface LineBlock {
  /** Without their line ends; the first is line `start.lines + 1`. */
  lines: string[]
  start: FilePosition
  end: FilePosition
}

export interface ReadReport {
  bytesRead: number
  /** The file no longer continues what was read before, so this reading began at its start. */
  restarted: boolean
}

/** One block is parsed and committed in one turn of the event loop; at some 70 bytes a line that is 470 lines, 10 ms or less. */
const BLOCK_BYTES = 32 * 1024
/** A longer line is not one of ours; it is handed on cut, and the rest of it skipped. */
export const MAX_LINE_BYTES = 1024 * 1024
const NEWLINE = 0x0a

/**
 * Hands every whole line after `from` to `take`, a block at a time, and stops at the first half-written one. A file shorter than
 * `from`, or one in which `from` is not the end of a line, has been replaced: `restart` is told and reading begins at 0.
 * A file that is not there has no lines.
 */
export async function readNewLines(
  file: string,
  from: FilePosition,
  handlers: { take(block: LineBlock): void; restart(sizeBytes: number): void },
): Promise<ReadReport> {
  const handle = await openIfThere(file)
  if (handle === null) return { bytesRead: 0, restarted: false }
  try {
    return await readFrom(handle, from, handlers)
  } finally {
    await handle.close()
  }
}

async function readFrom(
  handle: FileHandle,
  from: FilePosition,
  handlers: { take(block: LineBlock): void; restart(sizeBytes: number): void },
): Promise<ReadReport> {
  const report: ReadReport = { bytesRead: 0, restarted: false }
  const { size } = await handle.stat()
  let position = from
  if (from.bytes > 0 && !(await endsLine(handle, from.bytes, size, report))) {
    report.restarted = true
    handlers.restart(size)
    position = { bytes: 0, lines: 0 }
  }
  let buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(1, size - position.bytes)))
  while (position.bytes < size) {
    const want = Math.min(buffer.length, size - position.bytes)
    const { bytesRead } = await handle.read(buffer, 0, want, position.bytes)
    report.bytesRead += bytesRead
    if (bytesRead === 0) break
    const bytes = buffer.subarray(0, bytesRead)
    const lastEnd = bytes.lastIndexOf(NEWLINE)
    if (lastEnd >= 0) {
      await ownTurn()
      position = hand(bytes.subarray(0, lastEnd), position, handlers.take)
    } else if (bytesRead < want || position.bytes + bytesRead >= size) {
      break
    } else if (buffer.length < MAX_LINE_BYTES) {
      buffer = Buffer.allocUnsafe(Math.min(MAX_LINE_BYTES, buffer.length * 4))
    } else {
      const end = await findNewline(handle, position.bytes + bytesRead, report)
      if (end === null) break
      const next = { bytes: end + 1, lines: position.lines + 1 }
      handlers.take({ lines: [bytes.toString('utf8')], start: position, end: next })
      position = next
    }
  }
  return report
}

function hand(bytes: Buffer, start: FilePosition, take: (block: LineBlock) => void): FilePosition {
  const lines = bytes.toString('utf8').split('\n')
  const end = { bytes: start.bytes + bytes.length + 1, lines: start.lines + lines.length }
  take({ lines, start, end })
  return end
}

async function endsLine(handle: FileHandle, offset: number, size: number, report: ReadReport): Promise<boolean> {
  if (offset > size) return false
  const byte = Buffer.allocUnsafe(1)
  const { bytesRead } = await handle.read(byte, 0, 1, offset - 1)
  report.bytesRead += bytesRead
  return bytesRead === 1 && byte[0] === NEWLINE
}

async function findNewline(handle: FileHandle, from: number, report: ReadReport): Promise<number | null> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES)
  for (let offset = from; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
    report.bytesRead += bytesRead
    if (bytesRead === 0) return null
    const at = buffer.subarray(0, bytesRead).indexOf(NEWLINE)
    if (at >= 0) return offset + at
    offset += bytesRead
  }
}
