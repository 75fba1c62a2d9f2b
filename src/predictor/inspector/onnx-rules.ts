/** What an ONNX model may be made of, beyond being whole: operators that compute, nothing that reaches out or draws lots. */
import type { PassportManifest } from '../../shared/passport.ts'
import type { OnnxPort, OnnxSummary } from '../../tensor/onnx/inspect.ts'
import { OnnxRefusal } from '../../tensor/onnx/refusal.ts'

/** Same input, same answer: operators that draw random numbers have no place in a model that is judged by its answers. */
const RANDOM_OPS: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
])
/** Of a model that Bindery has made; anything else in one is not ours. */
const CONTROL_OPS: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap'])

/** Throws OnnxRefusal where an operator is of a domain that is not in `domains`, or is not allowed in any. */
export function checkOperators(
  summary: OnnxSummary,
  { domains, control }: { domains: readonly string[]; control: boolean },
): void {
  for (const domain of Object.keys(summary.opsets)) {
    if (!domains.includes(domain)) throw new OnnxRefusal('onnx.domain', `it uses operators of the domain "${domain}"`)
  }
  for (const op of summary.ops) {
    const at = op.lastIndexOf(':')
    const domain = at === -1 ? '' : op.slice(0, at)
    if (!domains.includes(domain)) throw new OnnxRefusal('onnx.domain', `operator ${op} is not a standard one`)
    if (summary.opsets[domain] === undefined) throw new OnnxRefusal('onnx.opset', `no version is stated for ${op}`)
    if (RANDOM_OPS.has(op)) throw new OnnxRefusal('onnx.random', `operator ${op} draws random numbers`)
    if (!control && CONTROL_OPS.has(op)) throw new OnnxRefusal('onnx.control', `operator ${op} holds graphs of its own`)
  }
  if (!control && summary.depth > 0) throw new OnnxRefusal('onnx.control', 'it holds graphs within graphs')
}

/** Throws OnnxRefusal where version, inputs or outputs are not those that were declared. */
export function checkDeclared(summary: OnnxSummary, declared: PassportManifest['onnx']): void {
  const opset = summary.opsets['']
  if (opset !== declared.opset) {
    throw new OnnxRefusal('onnx.opset', `expected operator set ${declared.opset}, got ${opset ?? 'none'}`)
  }
  for (const kind of ['inputs', 'outputs'] as const) {
    const [expected, found] = [declared[kind].map(describePort), summary[kind].map(describePort)]
    if (expected.join() !== found.join()) {
      throw new OnnxRefusal('onnx.ports', `expected the ${kind} ${expected.join(', ')}, got ${found.join(', ')}`)
    }
  }
}

function describePort({ name, elementType, dims }: OnnxPort): string {
  return `${name} (type ${elementType}) [${dims.map(dim => dim ?? '?').join(' × ')}]`
}
