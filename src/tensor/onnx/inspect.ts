/**
 * What is in an ONNX model, read without the runtime: bytes from elsewhere are looked through before a native parser gets them. Field
 * numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

import { inspectTensor } from './inspect-tensor.ts'
import { OnnxRefusal } from './refusal.ts'
import { WireError, type WireField, wireFields, wireText } from './wire.ts'

export interface OnnxPort {
  readonly name: string
  /** ONNX's code of the element type: 1 float32, 6 int32, 7 int64, 11 float64 … */
  readonly elementType: number
  /** A name, or null where nothing is said, for a size that is not fixed. */
  readonly dims: readonly (number | string | null)[]
}

export interface OnnxSummary {
  readonly irVersion: number
  readonly producer: string
  /** Version by domain; '' is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>
  /** Inputs that have to be given: those with an initialiser are weights. */
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
  readonly nodes: number
  /** `domain:op`, or the op alone for ONNX's own, subgraphs included. */
  readonly ops: readonly string[]
  /** Graphs within graphs. */
  readonly depth: number
  readonly parameters: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface OnnxLimits {
  readonly nodes: number
  readonly depth: number
  /** Elements of one tensor. */
  readonly elements: number
}

export const ONNX_LIMITS: OnnxLimits = { nodes: 200_000, depth: 4, elements: 2 ** 28 }

/** Throws OnnxRefusal: for bytes that are no model, for what lies outside of them, and for what breaks a limit. */
export function inspectOnnx(bytes: Uint8Array, limits: OnnxLimits = ONNX_LIMITS): OnnxSummary {
  try {
    return new Inspection(bytes, limits).model()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new OnnxRefusal('onnx.malformed', `it is no ONNX model: ${error.message}`)
  }
}

interface GraphPorts {
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
}

class Inspection {
  readonly #bytes: Uint8Array
  readonly #limits: OnnxLimits
  readonly #ops = new Set<string>()
  #nodes = 0
  #depth = 0
  #parameters = 0

  constructor(bytes: Uint8Array, limits: OnnxLimits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  model(): OnnxSummary {
    let irVersion = 0
    let producer = ''
    let ports: GraphPorts | null = null
    const opsets: Record<string, number> = {}
    const metadata: Record<string, string> = {}
    for (const field of wireFields(this.#bytes)) {
      if (field.number === 1) irVersion = field.value
      else if (field.number === 2) producer = this.#text(field)
      else if (field.number === 3) producer = `${producer} ${this.#text(field)}`.trim()
      else if (field.number === 7) {
        if (ports !== null) throw new OnnxRefusal('onnx.malformed', 'it has two graphs')
        ports = this.#graph(field, 0)
      } else if (field.number === 8) {
        const { domain, version } = this.#opset(field)
        if (Object.hasOwn(opsets, domain)) throw new OnnxRefusal('onnx.malformed', `domain "${domain}" is there twice`)
        opsets[domain] = version
      } else if (field.number === 14) {
        const { key, value } = this.#entry(field)
        metadata[key] = value
      } else if (field.number === 20) throw new OnnxRefusal('onnx.training', 'it holds training steps')
      else if (field.number === 25) throw new OnnxRefusal('onnx.functions', 'it defines functions of its own')
      else if (!KNOWN_MODEL_FIELDS.has(field.number)) throw new OnnxRefusal('onnx.malformed', `field ${field.number}`)
    }
    if (ports === null) throw new OnnxRefusal('onnx.malformed', 'it has no graph')
    if (irVersion === 0 || Object.keys(opsets).length === 0) {
      throw new OnnxRefusal('onnx.malformed', 'it says neither its version nor its operators')
    }
    return {
      irVersion,
      producer,
      opsets,
      metadata,
      ...ports,
      nodes: this.#nodes,
      ops: [...this.#ops].sort(),
      depth: this.#depth,
      parameters: this.#parameters,
    }
  }

  #graph(graph: WireField, depth: number): GraphPorts {
    if (depth > this.#limits.depth) {
      throw new OnnxRefusal('onnx.depth', `its graphs lie more than ${this.#limits.depth} deep in each other`)
    }
    this.#depth = Math.max(this.#depth, depth)
    const weights = new Set<string>()
    const inputs: OnnxPort[] = []
    const outputs: OnnxPort[] = []
    for (const field of this.#fields(graph)) {
      if (field.number === 1) this.#node(field, depth)
      else if (field.number === 5) weights.add(this.#tensor(field))
      else if (field.number === 11) inputs.push(this.#port(field))
      else if (field.number === 12) outputs.push(this.#port(field))
      else if (field.number === 15) throw new OnnxRefusal('onnx.sparse', 'it stores sparse weights')
    }
    return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs }
  }

  #node(node: WireField, depth: number): void {
    if (++this.#nodes > this.#limits.nodes) {
      throw new OnnxRefusal('onnx.nodes', `it has more than ${this.#limits.nodes} nodes`)
    }
    let op = ''
    let domain = ''
    for (const field of this.#fields(node)) {
      if (field.number === 4) op = this.#text(field)
      else if (field.number === 7) domain = this.#text(field)
      else if (field.number === 5) this.#attribute(field, depth)
    }
    if (op === '') throw new OnnxRefusal('onnx.malformed', `node ${this.#nodes} has no operator`)
    this.#ops.add(domain === '' || domain === 'ai.onnx' ? op : `${domain}:${op}`)
  }

  #attribute(attribute: WireField, depth: number): void {
    for (const field of this.#fields(attribute)) {
      if (field.number === 6 || field.number === 11) this.#graph(field, depth + 1)
      else if (field.number === 5 || field.number === 10) this.#tensor(field)
      else if (field.number === 22 || field.number === 23) {
        throw new OnnxRefusal('onnx.sparse', 'it stores sparse weights')
      } else if (field.number === 21) throw new OnnxRefusal('onnx.functions', 'it defines functions of its own')
    }
  }

  /** Answers the name. */
  #tensor(field: WireField): string {
    if (field.type !== 'bytes') throw new WireError(`byte ${field.start}: field ${field.number} is no tensor`)
    const { name, elements } = inspectTensor(this.#bytes, field, this.#limits.elements)
    this.#parameters += elements
    return name
  }

  #port(port: WireField): OnnxPort {
    let name = ''
    let type: Omit<OnnxPort, 'name'> | null = null
    for (const field of this.#fields(port)) {
      if (field.number === 1) name = this.#text(field)
      else if (field.number === 2) type = this.#tensorType(field, name)
    }
    return { name, ...(type ?? { elementType: 0, dims: [] }) }
  }

  #tensorType(type: WireField, name: string): Omit<OnnxPort, 'name'> {
    let found: Omit<OnnxPort, 'name'> | null = null
    for (const field of this.#fields(type)) {
      if (field.number !== 1) continue
      let elementType = 0
      let dims: OnnxPort['dims'] = []
      for (const inner of this.#fields(field)) {
        if (inner.number === 1) elementType = inner.value
        else if (inner.number === 2) dims = this.#dims(inner)
      }
      found = { elementType, dims }
    }
    if (found === null) throw new OnnxRefusal('onnx.ports', `"${name}" is no tensor (sequences and maps are not read)`)
    return found
  }

  #dims(shape: WireField): OnnxPort['dims'] {
    const dims: (number | string | null)[] = []
    for (const dim of this.#fields(shape)) {
      if (dim.number !== 1) continue
      let size: number | string | null = null
      for (const field of this.#fields(dim)) {
        if (field.number === 1) size = Number(field.signed)
        else if (field.number === 2) size = this.#text(field)
      }
      dims.push(size)
    }
    return dims
  }

  #opset(field: WireField): { domain: string; version: number } {
    let domain = ''
    let version = 0
    for (const part of this.#fields(field)) {
      if (part.number === 1) domain = this.#text(part)
      else if (part.number === 2) version = part.value
    }
    return { domain: domain === 'ai.onnx' ? '' : domain, version }
  }

  #entry(field: WireField): { key: string; value: string } {
    let key = ''
    let value = ''
    for (const part of this.#fields(field)) {
      if (part.number === 1) key = this.#text(part)
      else if (part.number === 2) value = this.#text(part)
    }
    return { key, value }
  }

  #text(field: WireField): string {
    return wireText(this.#bytes, field)
  }

  #fields(field: WireField): Generator<WireField> {
    if (field.type !== 'bytes') throw new WireError(`byte ${field.start}: field ${field.number} is no message`)
    return wireFields(this.#bytes, field.start, field.end)
  }
}

/** ir_version, producer_name, producer_version, domain, model_version, doc_string, graph, opset_import, metadata_props, configuration. */
const KNOWN_MODEL_FIELDS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 26])
