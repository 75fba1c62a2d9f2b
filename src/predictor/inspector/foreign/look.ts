/** What an ONNX file made elsewhere is, read without running it, and whether it can be served at all. */
import { readFile, stat } from 'node:fs/promises'
import type { ForeignCard, ForeignLook } from '../../../shared/contract/foreign.ts'
import { AppError } from '../../../shared/errors.ts'
import { PASSPORT_LIMITS } from '../../../shared/passport.ts'
import { inspectOnnx, type OnnxPort, type OnnxSummary } from '../../../tensor/onnx/inspect.ts'
import { OnnxRefusal } from '../../../tensor/onnx/refusal.ts'
import { checkOperators } from '../onnx-rules.ts'
import { reading, refusal } from '../refuse.ts'

/** ONNX's own operators and its classical ones (trees, support vectors, linear models), as scikit-learn's exports use them. */
const DOMAINS = ['', 'ai.onnx.ml'] as const
/** Compounds that a model may ask for at once where it does not take any number. */
const MOST_AT_ONCE = 1024

const ELEMENT_TYPES: Readonly<Record<number, ForeignCard['input']['elementType']>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  11: 'float64',
}
/** float32 and float64. */
const NUMBER_TYPES: readonly number[] = [1, 11]

export interface ForeignOnnx {
  readonly bytes: Uint8Array
  readonly summary: OnnxSummary
  readonly input: { readonly name: string; readonly width: number | null } & Pick<
    ForeignCard['input'],
    'elementType' | 'batch'
  >
  /** Names of those that could be predictions. */
  readonly outputs: readonly string[]
}

/** ERR_7004: no ONNX file; ERR_7005: uses what is not allowed, or does not read one fingerprint a compound; ERR_2004: too large. */
export async function readForeign(file: string, part: string): Promise<ForeignOnnx> {
  const { size } = await stat(file)
  if (size > PASSPORT_LIMITS.model) {
    const message = `${size} bytes, at most ${PASSPORT_LIMITS.model}`
    throw refusal('ERR_2004', { rule: 'foreign.size', part, message })
  }
  const bytes = await readFile(file)
  const summary = inspected(bytes, part)
  return reading(part, () => {
    checkOperators(summary, { domains: DOMAINS, control: false })
    return { bytes, summary, input: inputOf(summary), outputs: outputsOf(summary) }
  })
}

export async function lookAtForeign(file: string): Promise<ForeignLook> {
  const { summary, input, outputs } = await readForeign(file, 'model.onnx')
  const { producer, opsets, ops, parameters } = summary
  const { name, width } = input
  return {
    producer,
    opsets: { ...opsets },
    operators: [...ops],
    parameters,
    input: { name, width },
    outputs: [...outputs],
  }
}

/** A file that is something else is not a model that does what it must not. */
function inspected(bytes: Uint8Array, part: string): OnnxSummary {
  try {
    return inspectOnnx(bytes)
  } catch (error) {
    if (error instanceof AppError || !(error instanceof OnnxRefusal) || error.rule !== 'onnx.malformed') {
      return reading(part, () => {
        throw error
      })
    }
    throw refusal('ERR_7004', { rule: error.rule, part, message: error.message, cause: error })
  }
}

function inputOf({ inputs }: OnnxSummary): ForeignOnnx['input'] {
  const [input, ...others] = inputs
  if (input === undefined || others.length > 0) {
    const found = inputs.map(describe).join(', ') || 'none'
    throw new OnnxRefusal('foreign.input', `expected one input, the fingerprint, got ${found}`)
  }
  const elementType = ELEMENT_TYPES[input.elementType]
  const [rows, width] = input.dims
  const isWidth = typeof width !== 'number' || width > 0
  const isRows = typeof rows !== 'number' || (rows >= 1 && rows <= MOST_AT_ONCE)
  if (elementType === undefined || input.dims.length !== 2 || !isWidth || !isRows) {
    const expected = 'float32, float64, int32 or int64 of the shape [compounds, bits]'
    throw new OnnxRefusal('foreign.input', `expected an input of ${expected}, got ${describe(input)}`)
  }
  return {
    name: input.name,
    width: typeof width === 'number' ? width : null,
    elementType,
    batch: typeof rows === 'number' ? rows : null,
  }
}

function outputsOf({ outputs }: OnnxSummary): string[] {
  const names = outputs.filter(({ elementType }) => NUMBER_TYPES.includes(elementType)).map(({ name }) => name)
  if (names.length > 0) return names
  const found = outputs.map(describe).join(', ') || 'none'
  throw new OnnxRefusal('foreign.output', `expected an output of float32 or float64, got ${found}`)
}

function describe({ name, elementType, dims }: OnnxPort): string {
  return `"${name}" (type ${elementType}) [${dims.map(dim => dim ?? '?').join(' × ')}]`
}
