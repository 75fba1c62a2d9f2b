/** Lines of a text file in any encoding, without their ends. */
import { fileText } from './delimited-records.ts'
import type { Encoding } from './text-encoding.ts'

/** A longer line comes as `null` and is not held. */
export async function* textLines(
  file: string,
  encoding: Encoding,
  maxCharacters = 1024 * 1024,
): AsyncGenerator<string | null> {
  yield* splitLines(fileText(file, encoding), maxCharacters)
}

async function* splitLines(text: AsyncIterable<string>, maxCharacters: number): AsyncGenerator<string | null> {
  let pending = ''
  let isTooLong = false
  for await (const chunk of text) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const line = pending + chunk.slice(from, end)
      yield isTooLong || line.length > maxCharacters ? null : line
      pending = ''
      isTooLong = false
      from = end + 1
    }
    pending += chunk.slice(from)
    if (pending.length > maxCharacters) {
      isTooLong = true
      pending = ''
    }
  }
  if (pending !== '' || isTooLong) yield isTooLong ? null : pending
}
