/** Counts the bytes of an archive's entries while they are unpacked, and stops at the first one too many. */
import { Transform } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type ArchiveLimits, archiveError } from './archive-limits.ts'

export class UnpackMeter {
  readonly #limits: ArchiveLimits
  readonly #budget: { bytes: number; isDisk: boolean }
  #total = 0

  constructor(limits: ArchiveLimits, budget: { bytes: number; isDisk: boolean }) {
    this.#limits = limits
    this.#budget = budget
  }

  /** Bytes that came out of it so far. */
  get total(): number {
    return this.#total
  }

  /** A stage between an unpacker and whoever takes the bytes. `packedBytes` answers how many bytes the entry had so far. */
  entry(name: string, packedBytes: () => number): Transform & { crc(): number } {
    let size = 0
    let checksum = 0
    const count = (bytes: Uint8Array): void => {
      size += bytes.byteLength
      this.#total += bytes.byteLength
      checksum = crc32(bytes, checksum)
      this.#check(name, size, packedBytes())
    }
    const stage = new Transform({
      transform(bytes: Uint8Array, _encoding, done) {
        try {
          count(bytes)
          done(null, bytes)
        } catch (error) {
          done(error as Error)
        }
      },
    })
    return Object.assign(stage, { crc: () => checksum })
  }

  /** Also for sizes that are only declared, so that nothing is unpacked in vain. */
  checkSize(name: string, size: number, packed: number): void {
    const { entryBytes, ratio, ratioFreeBytes } = this.#limits
    if (size > entryBytes) {
      throw archiveError('archive.entryTooLarge', `it unpacks to more than ${entryBytes} bytes`, name)
    }
    if (size > ratioFreeBytes && size > ratio * packed) {
      throw archiveError('archive.ratio', `it unpacks to more than ${ratio} times its packed size`, name)
    }
  }

  checkTotal(total: number): void {
    if (total <= this.#budget.bytes) return
    if (this.#budget.isDisk) {
      const spare = Math.round(this.#limits.spareDiskBytes / 1024 ** 2)
      throw archiveError('archive.disk', `unpacked it would leave less than ${spare} MiB free on the disk`)
    }
    throw archiveError('archive.tooLarge', `it unpacks to more than ${this.#budget.bytes} bytes`)
  }

  #check(name: string, size: number, packed: number): void {
    this.checkSize(name, size, packed)
    this.checkTotal(this.#total)
  }
}
