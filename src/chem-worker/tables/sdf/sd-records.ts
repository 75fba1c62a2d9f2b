/**
 * Records of an SD file (BIOVIA CTfile formats, V2000 and V3000): a molblock, then data items, then `$$$$`. Read line by line; a
 * broken record is a record with a problem, and the next `$$$$` begins a new one.
 */

export interface SdRecord {
  /** 1-based. */
  number: number
  /** On which the record begins. */
  line: number
  title: string
  /** From the title to `M  END`. */
  molblock: string
  /** Name and value as written; the lines of a value joined by `\n`. */
  items: [name: string, value: string][]
  problem: SdProblem | null
}

export interface SdProblem {
  rule: 'record.broken' | 'record.tooLong' | 'record.duplicateProperty' | 'record.strayText'
  message: string
}

const END_OF_RECORD = '$$$$'
/** A molblock of 999 atoms has 140 kB; whatever is much longer has lost its `$$$$`. */
const MAX_RECORD_CHARACTERS = 4 * 1024 * 1024

/** `null` stands for a line that is too long to be held. */
export async function* readSdRecords(lines: AsyncIterable<string | null>): AsyncGenerator<SdRecord> {
  let reading = new RecordBuilder(1, 1)
  let line = 0
  for await (const text of lines) {
    line++
    if (text?.startsWith(END_OF_RECORD)) {
      yield reading.finish(true)
      reading = new RecordBuilder(reading.number + 1, line + 1)
    } else reading.take(text, line)
  }
  // Blank lines after the last record belong to none; without its `$$$$` a last record may still be whole.
  if (!reading.isBlank) yield reading.finish(false)
}

class RecordBuilder {
  readonly number: number
  isBlank = true
  readonly #line: number
  readonly #molblock: string[] = []
  readonly #items: { name: string; lines: string[] }[] = []
  /** Where in the record we are: in the molblock, between data items, in one. */
  #part: 'molblock' | 'between' | 'item' = 'molblock'
  #characters = 0
  #problem: SdProblem | null = null

  constructor(number: number, line: number) {
    this.number = number
    this.#line = line
  }

  take(text: string | null, line: number): void {
    if (text === null || text.trim() !== '') this.isBlank = false
    this.#characters += text?.length ?? Infinity
    if (this.#characters > MAX_RECORD_CHARACTERS) {
      this.#fail('record.tooLong', `longer than ${MAX_RECORD_CHARACTERS} characters: a "$$$$" may be missing`)
    }
    // What follows a problem is not kept: it is only skipped up to the next record.
    if (this.#problem !== null || text === null) return
    if (this.#part === 'molblock') this.#takeBlockLine(text)
    else if (this.#part === 'item') this.#takeValueLine(text)
    else this.#takeBetween(text, line)
  }

  finish(isEnded: boolean): SdRecord {
    if (this.#part === 'molblock')
      this.#fail('record.broken', 'expected "M  END" at the end of the structure, got none')
    if (!isEnded && this.#part === 'item') this.#fail('record.broken', 'the file breaks off in a data item')
    const items = this.#items.map(({ name, lines }): [string, string] => [name, lines.join('\n')])
    this.#checkNames(items)
    return {
      number: this.number,
      line: this.#line,
      title: this.#molblock[0] ?? '',
      molblock: `${this.#molblock.join('\n')}\n`,
      items,
      problem: this.#problem,
    }
  }

  #takeBlockLine(text: string): void {
    this.#molblock.push(text)
    if (text.startsWith('M  END')) this.#part = 'between'
  }

  #takeBetween(text: string, line: number): void {
    if (text.startsWith('>')) {
      this.#items.push({ name: itemName(text), lines: [] })
      this.#part = 'item'
    } else if (text.trim() !== '') {
      const quoted = JSON.stringify(text.slice(0, 40))
      this.#fail('record.strayText', `line ${line}: expected a data item ("> <name>") or "$$$$", got ${quoted}`)
    }
  }

  /** A value ends with an empty line; one of blanks belongs to it. */
  #takeValueLine(text: string): void {
    if (text === '') this.#part = 'between'
    else this.#items.at(-1)!.lines.push(text)
  }

  /** Two values of one name would be a choice. */
  #checkNames(items: readonly [string, string][]): void {
    const values = new Map<string, string>()
    for (const [name, value] of items) {
      const other = values.get(name)
      if (other !== undefined && other !== value) {
        this.#fail('record.duplicateProperty', `two values of the property ${JSON.stringify(name)}`)
      }
      values.set(name, value)
    }
  }

  /** The first one counts. */
  #fail(rule: SdProblem['rule'], message: string): void {
    this.#problem ??= { rule, message }
  }
}

/** `>  <name> (12)`: what stands between the first `<` and the last `>`, as it is. `> DT12` has a field number instead. */
export function itemName(header: string): string {
  const open = header.indexOf('<')
  const close = header.lastIndexOf('>')
  return open > 0 && close > open ? header.slice(open + 1, close) : header.slice(1).trim()
}
