/** Feature records of many molecules in one piece of memory, for the way between processes. */

export interface PackedRecords {
  /** [molecules] bytes of each record, a multiple of 4; 0 where a molecule has none. */
  readonly lengths: Uint32Array
  readonly bytes: Uint8Array
}

export function packRecords(records: readonly (Uint8Array | null)[]): { lengths: Uint32Array; bytes: Uint8Array } {
  const lengths = Uint32Array.from(records, record => record?.length ?? 0)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const record of records) {
    if (record === null) continue
    bytes.set(record, at)
    at += record.length
  }
  return { lengths, bytes }
}

/** Views of one aligned copy, or of the bytes themselves where they are aligned. Throws an Error where the lengths do not add up. */
export function unpackRecords({ lengths, bytes }: PackedRecords): (Uint8Array | null)[] {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  let at = 0
  const records = Array.from(lengths, length => {
    if (length === 0) return null
    const record = aligned.subarray(at, at + length)
    at += length
    return record
  })
  if (at !== bytes.length) throw new Error(`Record block: expected ${at} bytes, got ${bytes.length}`)
  return records
}
