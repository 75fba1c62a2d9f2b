import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { OrtSession } from '../../node/ort-session.ts'
import { Graph } from '../graph.ts'
import { add, mul, relu } from '../ops/elementwise.ts'
import { gemm } from '../ops/linear.ts'
import { emitModel, irVersion, opsetVersion } from './emit.ts'
import { encodeUtf8, MessageWriter } from './protobuf.ts'

// the fields of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that our models use
const { root } = protobuf.parse(`
  syntax = "proto3";
  message AttributeProto { string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8 [packed = false]; int32 type = 20; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message NodeProto { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated AttributeProto attribute = 5; }
  message StringStringEntryProto { string key = 1; string value = 2; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  message TensorShapeProto { repeated Dimension dim = 1; }
  message TypeTensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  message TypeProto { TypeTensor tensor_type = 1; }
  message GraphProto { repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5; repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message ModelProto { int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; repeated StringStringEntryProto metadata_props = 14; }
`)
const decode = (bytes: Uint8Array) => {
  const type = root.lookupType('ModelProto')
  return type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as Record<string, never>
}

function exampleGraph() {
  const graph = new Graph()
  const x = graph.input('x', { dtype: 'float32', shape: ['rows', 2] })
  graph.input('unused', { dtype: 'int64', shape: ['rows'] })
  const weight = graph.constant([1, -1, 0.5, 2], 'float32', [2, 2])
  const product = gemm(x, weight, { transB: true, alpha: 0.5 })
  mul(product, 3) // reaches no output
  graph.output('y', relu(add(product, -1)))
  graph.output('same', x)
  return graph
}

describe('emitModel', () => {
  const model = emitModel(exampleGraph(), { name: 'example', metadata: { units: 'pIC50', 'name µ😀': 'a→b' } })
  const decoded = decode(model.bytes) as unknown as Record<string, unknown> & { graph: Record<string, never[]> }

  it('states versions, opset and metadata', () => {
    expect(decoded.irVersion).toBe(irVersion)
    expect(decoded.opsetImport).toEqual([{ version: opsetVersion }])
    expect(decoded.metadataProps).toEqual([
      { key: 'units', value: 'pIC50' },
      { key: 'name µ😀', value: 'a→b' },
    ])
  })

  it('writes what the outputs need, nothing else', () => {
    const { node, input, output, initializer } = decoded.graph as Record<string, Record<string, unknown>[]>
    expect(node!.map(({ opType }) => opType)).toEqual(['Gemm', 'Add', 'Relu', 'Identity'])
    expect(node![0]!.attribute).toEqual([
      { name: 'transB', i: 1, ints: [], type: 2 },
      { name: 'alpha', f: 0.5, ints: [], type: 1 },
    ])
    const type = { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'rows' }, { dimValue: 2 }] } } }
    expect(input).toEqual([{ name: 'x', type }])
    expect(output).toEqual([
      { name: 'y', type },
      { name: 'same', type },
    ])
    expect(initializer!.map(({ dims, dataType }) => [dims, dataType])).toEqual([
      [[2, 2], 1],
      [[], 1],
    ])
    const { rawData } = initializer![0] as { rawData: Uint8Array }
    expect([...new Float32Array(Uint8Array.from(rawData).buffer)]).toEqual([1, -1, 0.5, 2])
    expect(model.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['rows', 2] }])
  })

  it('runs', async () => {
    const session = await OrtSession.create(model.bytes, { provider: 'cpu', threads: 1 })
    const { y, same } = await session.runArrays({
      x: { dtype: 'float32', data: Float32Array.of(4, 2, -2, 8), dims: [2, 2] },
    })
    await session.release()
    expect([...(y!.data as Float32Array)]).toEqual([0, 2, 0, 6.5])
    expect(same!.dims).toEqual([2, 2])
  })

  it('gives the same bytes for the same graph', () => {
    expect(
      emitModel(exampleGraph(), { name: 'example', metadata: { units: 'pIC50', 'name µ😀': 'a→b' } }).bytes,
    ).toEqual(model.bytes)
  })

  it('refuses a graph without outputs', () => {
    expect(() => emitModel(new Graph(), { name: 'empty' })).toThrow('no outputs')
  })
})

describe('MessageWriter', () => {
  it('writes integers protobufjs reads back', () => {
    const { root: numbers } = protobuf.parse(
      'syntax = "proto3"; message M { repeated int64 v = 1; int64 w = 900; float f = 3; }',
    )
    const values = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 53 - 1, -1, -(2 ** 53) + 1]
    const bytes = new MessageWriter().packed(1, values).integer(900, -5).float(3, 1.5).finish()
    const type = numbers.lookupType('M')
    expect(type.toObject(type.decode(bytes), { longs: Number })).toEqual({ v: values, w: -5, f: 1.5 })
    expect(() => new MessageWriter().integer(1, 2 ** 53)).toThrow('exactly')
    expect(() => new MessageWriter().integer(1, 0.5)).toThrow('exactly')
  })

  it('encodes text as Node does', () => {
    for (const text of ['', 'plain', 'µ → 😀', '\u07ff\u0800\uffff\u{10000}']) {
      expect(encodeUtf8(text)).toEqual(new Uint8Array(Buffer.from(text)))
    }
    expect(() => encodeUtf8('\ud800')).toThrow('surrogate')
  })
})
