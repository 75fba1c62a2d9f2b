/** The messages of onnx.proto that a model of ours consists of. Field numbers are ONNX's. */
import type { OnnxAttribute } from '../ops/definition.ts'
import { type ConstantData, type DType, onnxTypeCodes, type TensorType } from '../types.ts'
import { MessageWriter } from './protobuf.ts'

/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, ints: 7 }

export function tensorMessage(
  name: string,
  tensor: { dtype: DType; shape: readonly number[]; data: ConstantData },
): MessageWriter {
  return new MessageWriter()
    .packed(1, tensor.shape)
    .integer(2, onnxTypeCodes[tensor.dtype])
    .string(8, name)
    .bytes(9, littleEndian(tensor.data, tensor.dtype))
}

const elementWriters: Readonly<
  Record<DType, { size: number; write(view: DataView, at: number, value: number): void }>
> = {
  float32: { size: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  float64: { size: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
  int32: { size: 4, write: (view, at, value) => view.setInt32(at, value, true) },
  int64: { size: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(value), true) },
  bool: { size: 1, write: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1) },
}

function littleEndian(data: ConstantData, dtype: DType): Uint8Array {
  const { size, write } = elementWriters[dtype]
  const bytes = new Uint8Array(data.length * size)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < data.length; i++) write(view, i * size, data[i]!)
  return bytes
}

export interface NodeFields {
  readonly op: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

export function nodeMessage({ op, name, inputs, outputs, attributes }: NodeFields): MessageWriter {
  const message = new MessageWriter()
  for (const input of inputs) message.string(1, input)
  for (const output of outputs) message.string(2, output)
  message.string(3, name).string(4, op)
  for (const [key, value] of Object.entries(attributes)) message.message(5, attributeMessage(key, value))
  return message
}

function attributeMessage(name: string, value: OnnxAttribute): MessageWriter {
  const message = new MessageWriter().string(1, name)
  if ('f' in value) return message.float(2, value.f).integer(20, attributeTypes.float)
  if ('i' in value) return message.integer(3, value.i).integer(20, attributeTypes.int)
  for (const item of value.ints) message.integer(8, item)
  return message.integer(20, attributeTypes.ints)
}

/** A named input or output; sizes that are names become ONNX's `dim_param`. */
export function valueInfoMessage(name: string, type: TensorType): MessageWriter {
  const shape = new MessageWriter()
  for (const dim of type.shape) {
    const message = new MessageWriter()
    shape.message(1, typeof dim === 'number' ? message.integer(1, dim) : message.string(2, dim))
  }
  const tensor = new MessageWriter().integer(1, onnxTypeCodes[type.dtype]).message(2, shape)
  return new MessageWriter().string(1, name).message(2, new MessageWriter().message(1, tensor))
}

/** A name and a text, for the model's metadata. */
export function entryMessage(key: string, value: string): MessageWriter {
  return new MessageWriter().string(1, key).string(2, value)
}
