/** One stored tensor of an ONNX model: what it says must be what it holds, within the file. */
import { OnnxRefusal } from './refusal.ts'
import { type WireField, wireFields, wireIntegers, wireText } from './wire.ts'

/** Bytes of an element in `raw_data`, by ONNX's type code. Texts (8) have none. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
}
const FLOAT32 = 1
const FLOAT64 = 11
const RAW_DATA = 9
/** float_data, int32_data, string_data, int64_data, double_data, uint64_data. */
const TYPED_DATA: ReadonlySet<number> = new Set([4, 5, 6, 7, 10, 11])

/** Throws OnnxRefusal: data in another file, more or less data than its sizes say, weights that are not numbers. */
export function inspectTensor(
  bytes: Uint8Array,
  tensor: WireField,
  maxElements: number,
): { name: string; elements: number } {
  let name = ''
  let type = 0
  let elements = 1
  let raw: WireField | null = null
  const typed: WireField[] = []
  for (const field of wireFields(bytes, tensor.start, tensor.end)) {
    if (field.number === 1) {
      for (const size of wireIntegers(bytes, field)) elements = times(elements, size, maxElements)
    } else if (field.number === 2) type = field.value
    else if (field.number === 8) name = wireText(bytes, field)
    else if (field.number === RAW_DATA) raw = field
    else if (TYPED_DATA.has(field.number)) typed.push(field)
    else if (field.number === 13 || (field.number === 14 && field.value !== 0)) {
      throw new OnnxRefusal('onnx.externalData', `tensor "${name}": its values lie in another file`)
    } else if (field.number === 3) throw new OnnxRefusal('onnx.malformed', `tensor "${name}" is a segment`)
  }
  if (raw !== null && typed.length > 0) {
    throw new OnnxRefusal('onnx.sizes', `tensor "${name}": its values are there twice`)
  }
  if (raw !== null) checkRaw(bytes, raw, { name, type, elements })
  else checkTyped(bytes, typed, { name, type, elements })
  return { name, elements }
}

interface Stated {
  readonly name: string
  readonly type: number
  readonly elements: number
}

function times(elements: number, size: bigint, maxElements: number): number {
  if (size < 0n || size > BigInt(maxElements) || elements * Number(size) > maxElements) {
    throw new OnnxRefusal('onnx.sizes', `a tensor of more than ${maxElements} elements`)
  }
  return elements * Number(size)
}

function checkRaw(bytes: Uint8Array, raw: WireField, { name, type, elements }: Stated): void {
  const size = ELEMENT_BYTES[type]
  if (size === undefined) throw new OnnxRefusal('onnx.types', `tensor "${name}": element type ${type}`)
  const found = raw.end - raw.start
  if (raw.type !== 'bytes' || found !== elements * size) {
    throw new OnnxRefusal('onnx.sizes', `tensor "${name}": expected ${elements * size} bytes, got ${found}`)
  }
  if (type === FLOAT32 || type === FLOAT64) checkNumbers(bytes, raw, { name, size })
}

function checkTyped(bytes: Uint8Array, fields: readonly WireField[], { name, type, elements }: Stated): void {
  let found = 0
  for (const field of fields) {
    if (field.number === 4 || field.number === 10) {
      const size = field.number === 4 ? 4 : 8
      found += (field.end - field.start) / size
      checkNumbers(bytes, field, { name, size })
    } else if (field.number === 6) found++
    else for (const _ of wireIntegers(bytes, field)) found++
  }
  // Complex numbers store two for one; nothing that predicts an affinity has them.
  if (ELEMENT_BYTES[type] === undefined && type !== 8) {
    throw new OnnxRefusal('onnx.types', `tensor "${name}": element type ${type}`)
  }
  if (found !== elements) {
    throw new OnnxRefusal('onnx.sizes', `tensor "${name}": expected ${elements} values, got ${found}`)
  }
}

/** Little-endian floats of 4 or 8 bytes. Infinity is a mask; not-a-number is a broken model. */
function checkNumbers(
  bytes: Uint8Array,
  field: WireField,
  { name, size }: { name: string; size: 4 | 8 | number },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + field.start, field.end - field.start)
  for (let at = 0; at + size <= view.byteLength; at += size) {
    const value = size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)
    if (Number.isNaN(value))
      throw new OnnxRefusal('onnx.notANumber', `tensor "${name}": value ${at / size} is no number`)
  }
}
