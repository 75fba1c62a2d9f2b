import { closeSync, openSync, readSync } from 'node:fs'

const PAGE_BYTES = 1024 ** 2
/** Enough for the features of 50,000 drug-like molecules. */
const KEPT_PAGES = 256

/** Reads a file in blocks of a mebibyte and keeps the last used ones: neighbouring rows cost one read, rows read before none. */
export class PagedFile {
  readonly #descriptor: number
  /** In order of use, the oldest first. */
  readonly #pages = new Map<number, Uint8Array>()
  readonly #pageBytes: number
  readonly #keptPages: number
  #reads = 0

  constructor(file: string, { pageBytes = PAGE_BYTES, keptPages = KEPT_PAGES } = {}) {
    this.#descriptor = openSync(file, 'r')
    this.#pageBytes = pageBytes
    this.#keptPages = keptPages
  }

  /** How many blocks were read from the file so far. */
  get reads(): number {
    return this.#reads
  }

  /** Exactly `length` bytes from `offset` on; not to be written to. Throws where the file ends before. */
  read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / this.#pageBytes)
    const start = offset - first * this.#pageBytes
    if (start + length <= this.#pageBytes) return this.#slice(this.#page(first), { offset, start, length })
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const index = Math.floor((offset + done) / this.#pageBytes)
      const from = offset + done - index * this.#pageBytes
      const part = Math.min(length - done, this.#pageBytes - from)
      bytes.set(this.#slice(this.#page(index), { offset: offset + done, start: from, length: part }), done)
      done += part
    }
    return bytes
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #slice(page: Uint8Array, part: { offset: number; start: number; length: number }): Uint8Array {
    const { offset, start, length } = part
    if (start + length > page.length) {
      const end = offset - start + page.length
      throw new Error(`The feature file ends at ${end}, ${offset + length} bytes were expected`)
    }
    return page.subarray(start, start + length)
  }

  #page(index: number): Uint8Array {
    const known = this.#pages.get(index)
    const page = known ?? this.#readPage(index)
    this.#pages.delete(index)
    this.#pages.set(index, page)
    if (this.#pages.size > this.#keptPages) this.#pages.delete(this.#pages.keys().next().value!)
    return page
  }

  /** Shorter at the end of the file. */
  #readPage(index: number): Uint8Array {
    const bytes = new Uint8Array(this.#pageBytes)
    this.#reads++
    let done = 0
    while (done < bytes.length) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, index * this.#pageBytes + done)
      if (read === 0) break
      done += read
    }
    return bytes.subarray(0, done)
  }
}
