/** How many records a file has, before they are read: for progress, never for counts. */
import { createReadStream } from 'node:fs'
import type { TableLayout } from './record-reader.ts'

const NEWLINE = 10
const SD_END = Buffer.from('\n$$$$')

/**
 * Lines below the header, or record ends of an SD file: no less than there are records, more where a quoted cell holds line ends
 * or where lines are blank. `null` where counting would mean reading: workbooks and what lies in archives.
 */
export async function estimateRecords(
  file: string,
  layout: Pick<TableLayout, 'format' | 'headerLine' | 'members'>,
  { breathe }: { breathe(): Promise<void> },
): Promise<number | null> {
  if (layout.members !== undefined || layout.format === 'xlsx') return null
  if (layout.format === 'sdf') return countMatches(file, SD_END, breathe)
  return Math.max(0, (await countMatches(file, Buffer.of(NEWLINE), breathe)) - layout.headerLine + 1)
}

async function countMatches(file: string, pattern: Buffer, breathe: () => Promise<void>): Promise<number> {
  let count = 0
  let held = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + pattern.length)) count++
    // A match may lie across the border of two chunks.
    held = pattern.length === 1 ? held : Buffer.from(bytes.subarray(bytes.length - pattern.length + 1))
    await breathe()
  }
  return count
}
