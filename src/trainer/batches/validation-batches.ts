import { bytesOf, type ReadyBatch } from './assemble-batch.ts'
import type { BatchFeed } from './batch-feed.ts'
import { KEPT_VALIDATION_BYTES } from './batch-protocol.ts'

/** The validation batches of a member, read from the feed when they come by and kept from then on where they are small enough. */
export class ValidationBatches {
  readonly #rows: number
  #kept: ReadyBatch[] | null = null

  constructor(rows: number) {
    this.#rows = rows
  }

  get areKept(): boolean {
    return this.#kept !== null
  }

  /** In order. Where they are not kept the feed must be at the start of a validation. */
  async *read(feed: Pick<BatchFeed, 'next'>): AsyncGenerator<ReadyBatch> {
    if (this.#kept) {
      yield* this.#kept
      return
    }
    let seen: ReadyBatch[] | null = []
    let bytes = 0
    for (let done = 0; done < this.#rows; ) {
      const batch = await feed.next()
      if (batch.kind !== 'validation' || batch.start !== done) throw new Error(`expected validation batch ${done}`)
      done += batch.rows.length
      bytes += bytesOf(batch.tensors)
      if (bytes > KEPT_VALIDATION_BYTES) seen = null // the assembling thread counts alike and makes them again
      seen?.push(batch)
      yield batch
    }
    this.#kept = seen
  }
}
