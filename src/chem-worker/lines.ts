import { createReadStream } from 'node:fs'

/**
 * The lines of a UTF-8 file without their ends (`\n`, `\r\n`); a last line without an end counts. A line above `maxCharacters`
 * comes as `null` and is not held in memory.
 */
export async function* readLines(file: string, maxCharacters: number): AsyncGenerator<string | null> {
  let pending = ''
  let isTooLong = false
  let isEmpty = true
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const parts = (chunk as string).split('\n')
    for (const [k, part] of parts.entries()) {
      if (k > 0) {
        yield isTooLong ? null : pending.replace(/\r$/, '')
        pending = ''
        isTooLong = false
        isEmpty = true
      }
      if (part !== '') isEmpty = false
      isTooLong ||= pending.length + part.length > maxCharacters
      pending = isTooLong ? '' : pending + part
    }
  }
  if (!isEmpty) yield isTooLong ? null : pending
}

/** How many lines `readLines` gives. */
export async function countLines(file: string): Promise<number> {
  const newline = 10
  let lines = 0
  let last = newline
  for await (const chunk of createReadStream(file)) {
    const bytes = chunk as Buffer
    for (const byte of bytes) if (byte === newline) lines++
    last = bytes.at(-1) ?? last
  }
  return last === newline ? lines : lines + 1
}
