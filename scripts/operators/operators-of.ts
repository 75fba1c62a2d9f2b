import protobuf from 'protobufjs'

// the fields of onnx.proto that lead to the operators
const { root } = protobuf.parse(`
  syntax = "proto3";
  message NodeProto { string op_type = 4; }
  message GraphProto { repeated NodeProto node = 1; }
  message ModelProto { GraphProto graph = 7; }
`)
const modelType = root.lookupType('ModelProto')

/** The ONNX operators of a model, each once. */
export function operatorsOf(model: Uint8Array): ReadonlySet<string> {
  const { graph } = modelType.toObject(modelType.decode(model), { arrays: true }) as {
    graph: { node: { opType: string }[] }
  }
  return new Set(graph.node.map(({ opType }) => opType))
}
