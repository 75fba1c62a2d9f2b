/**
 * Σ min of rows of bytes, 16 bytes an instruction. JavaScript has no such instruction and WebAssembly has, so the one loop that the
 * comparison of fingerprints spends its time in is written for it, by hand.
 */
export interface ByteTable {
  /** [rows, width] */
  readonly bytes: Uint8Array
  /** A multiple of 16. */
  readonly width: number
}

/** Table rows that are compared with all queries before the next are read: they stay in the processor's cache. */
const CHUNK_BYTES = 256 * 1024
const PAGE_BYTES = 65_536

/**
 * Σ min of every query with the first rows of a table.
 *
 * @param queries [queries, width]
 * @returns [queries, rows]
 */
export function sumOfMinima(
  { bytes, width }: ByteTable,
  queries: Uint8Array,
  size: { queries: number; rows: number },
): Uint32Array {
  const sums = new Uint32Array(size.queries * size.rows)
  if (width === 0 || sums.length === 0) return sums
  const chunkRows = Math.min(size.rows, Math.max(1, Math.floor(CHUNK_BYTES / width)))
  const [queriesAt, sumsAt] = [chunkRows * width, chunkRows * width + queries.length]
  const { addMinima, memory } = kernel()
  const missing = sumsAt + 4 * chunkRows - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
  const scratch = new Uint8Array(memory.buffer)
  scratch.set(queries, queriesAt)
  for (let first = 0; first < size.rows; first += chunkRows) {
    const rows = Math.min(chunkRows, size.rows - first)
    scratch.set(bytes.subarray(first * width, (first + rows) * width))
    for (let query = 0; query < size.queries; query++) {
      addMinima(0, width, rows, queriesAt + query * width, sumsAt)
      sums.set(new Uint32Array(memory.buffer, sumsAt, rows), query * size.rows + first)
    }
  }
  return sums
}

/** What of the standard `WebAssembly` is used here: the types of pure code have neither Node's nor the page's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: object }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** Writes the sum of each row of a table with one query. Places are bytes in memory; all are multiples of 4. */
  addMinima(table: number, width: number, rows: number, query: number, sums: number): void
}

let instance: Kernel | null = null

function kernel(): Kernel {
  instance ??= new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE))).exports as Kernel
  return instance
}

// WebAssembly Core Specification 2.0, chapter 5 (binary format). Names of instructions are the specification's.

/** Unsigned LEB128 of two bytes at most. */
const unsigned = (value: number) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7])
const sized = (content: readonly number[]) => [...unsigned(content.length), ...content]
const section = (id: number, content: readonly number[]) => [id, ...sized(content)]
const named = (name: string) => sized([...name].map(letter => letter.charCodeAt(0)))

const [I32, V128] = [0x7f, 0x7b]
const [TABLE, WIDTH, ROWS, QUERY, SUMS, QUERY_END, AT, TOTAL] = [0, 1, 2, 3, 4, 5, 6, 7] as const
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const i32 = { const: (value: number) => [0x41, value], store: [0x36, 2, 0], add: [0x6a], sub: [0x6b], ltU: [0x49] }
const vector = (opcode: number, ...immediates: number[]) => [0xfd, ...unsigned(opcode), ...immediates]
const v128 = { load: vector(0x00, 0, 0), splat: vector(0x11), lane: (lane: number) => vector(0x1b, lane) }
/** i8x16.min_u, i16x8.extadd_pairwise_i8x16_u, i32x4.extadd_pairwise_i16x8_s (sums of two bytes are never negative), i32x4.add */
const bytes16 = { min: vector(0x77), pairs: vector(0x7d), fours: vector(0x7e), add: vector(0xae) }
const advance = (local: number, by: readonly number[]) => [...get(local), ...by, ...i32.add, ...set(local)]
/** A loop of the form do … while. */
const repeat = (body: readonly number[], condition: readonly number[]) => [
  ...[0x03, 0x40], // loop
  ...body,
  ...condition,
  ...[0x0d, 0], // br_if, to the loop
  0x0b, // end
]

/** do { total = 0; at = query; do { total += min(table, at) } while (at < queryEnd); sums = Σ lanes } while (rows > 0) */
const ADD_MINIMA = [
  ...[...get(QUERY), ...get(WIDTH), ...i32.add, ...set(QUERY_END)],
  ...repeat(
    [
      ...[...i32.const(0), ...v128.splat, ...set(TOTAL)],
      ...[...get(QUERY), ...set(AT)],
      ...repeat(
        [
          ...[...get(TOTAL), ...get(TABLE), ...v128.load, ...get(AT), ...v128.load],
          ...[...bytes16.min, ...bytes16.pairs, ...bytes16.fours, ...bytes16.add, ...set(TOTAL)],
          ...advance(TABLE, i32.const(16)),
          ...advance(AT, i32.const(16)),
        ],
        [...get(AT), ...get(QUERY_END), ...i32.ltU],
      ),
      ...get(SUMS),
      ...[...get(TOTAL), ...v128.lane(0), ...get(TOTAL), ...v128.lane(1), ...i32.add],
      ...[...get(TOTAL), ...v128.lane(2), ...i32.add, ...get(TOTAL), ...v128.lane(3), ...i32.add],
      ...i32.store,
      ...advance(SUMS, i32.const(4)),
      ...[...get(ROWS), ...i32.const(1), ...i32.sub, ...set(ROWS)],
    ],
    [...i32.const(0), ...get(ROWS), ...i32.ltU],
  ),
]

const MODULE = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version 1
  ...section(1, [1, 0x60, ...sized([I32, I32, I32, I32, I32]), 0]), // one type: five numbers to nothing
  ...section(3, [1, 0]), // one function of that type
  ...section(5, [1, 0, 1]), // one memory of at least one page
  ...section(7, [2, ...named('memory'), 2, 0, ...named('addMinima'), 0, 0]), // exports
  ...section(10, [1, ...sized([2, 2, I32, 1, V128, ...ADD_MINIMA, 0x0b])]), // two locals of i32, one of v128
]
