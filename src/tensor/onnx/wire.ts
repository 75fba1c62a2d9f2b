/** Reading the Protocol Buffers wire format from bytes that nobody vouches for: every length is checked before it is used. */

export class WireError extends Error {}

/** One field of a message. Length-delimited fields are ranges of the same bytes, nothing is copied. */
export interface WireField {
  readonly number: number
  readonly type: 'varint' | 'fixed64' | 'fixed32' | 'bytes'
  /** Of a varint; exact up to 2^53, beyond that for comparison only. */
  readonly value: number
  /** Of a varint, as the signed 64-bit number ONNX stores. */
  readonly signed: bigint
  readonly start: number
  readonly end: number
}

/** The fields of the message in `bytes[start, end)`, in order. Throws WireError where they are not one. */
export function* wireFields(bytes: Uint8Array, start = 0, end = bytes.length): Generator<WireField> {
  let at = start
  while (at < end) {
    const tag = readVarint(bytes, at, end)
    at = tag.next
    const number = Number(tag.value >> 3n)
    const wireType = Number(tag.value & 7n)
    if (number === 0) throw new WireError(`byte ${at - 1}: field number 0`)
    if (wireType === 0) {
      const { value, next } = readVarint(bytes, at, end)
      yield { number, type: 'varint', value: Number(value), signed: BigInt.asIntN(64, value), start: at, end: next }
      at = next
    } else if (wireType === 2) {
      const { value, next } = readVarint(bytes, at, end)
      const length = Number(value)
      if (length > end - next) {
        throw new WireError(`byte ${at}: field ${number} says ${length} bytes, ${end - next} are left`)
      }
      yield { number, type: 'bytes', value: length, signed: value, start: next, end: next + length }
      at = next + length
    } else if (wireType === 1 || wireType === 5) {
      const length = wireType === 1 ? 8 : 4
      if (length > end - at) throw new WireError(`byte ${at}: field ${number} is cut off`)
      const type = wireType === 1 ? 'fixed64' : 'fixed32'
      yield { number, type, value: 0, signed: 0n, start: at, end: at + length }
      at += length
    } else throw new WireError(`byte ${at - 1}: wire type ${wireType}`)
  }
}

/** The integers of a repeated field, which a writer may pack or not. */
export function* wireIntegers(bytes: Uint8Array, field: WireField): Generator<bigint> {
  if (field.type === 'varint') {
    yield field.signed
    return
  }
  if (field.type !== 'bytes') throw new WireError(`byte ${field.start}: field ${field.number} holds no integers`)
  let at = field.start
  while (at < field.end) {
    const { value, next } = readVarint(bytes, at, field.end)
    yield BigInt.asIntN(64, value)
    at = next
  }
}

/** A text of at most `limit` bytes; bytes above ASCII are kept one by one, as names need no more. */
export function wireText(bytes: Uint8Array, field: WireField, limit = 1024): string {
  if (field.type !== 'bytes') throw new WireError(`byte ${field.start}: field ${field.number} is no text`)
  const length = Math.min(field.end - field.start, limit)
  return String.fromCharCode(...bytes.subarray(field.start, field.start + length))
}

function readVarint(bytes: Uint8Array, start: number, end: number): { value: bigint; next: number } {
  // Nearly every one is a byte or two long.
  const first = bytes[start]
  if (first !== undefined && start < end && first < 128) return { value: BigInt(first), next: start + 1 }
  let value = 0n
  for (let at = start; at < Math.min(end, start + 10); at++) {
    const byte = bytes[at]!
    value |= BigInt(byte & 127) << BigInt(7 * (at - start))
    if (byte < 128) return { value: BigInt.asUintN(64, value), next: at + 1 }
  }
  throw new WireError(`byte ${start}: a number that does not end`)
}
