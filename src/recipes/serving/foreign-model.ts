/** A model made elsewhere as it is served: a folded fingerprint in, its number out, told in pX units. */
import type { CountSectionName, FeatureRecord } from '../../chem/features/sections.ts'
import { foldInto } from '../../chem/fingerprints/fold.ts'
import { type Fingerprint, type ForeignCard, scaledToPX } from '../../shared/contract/foreign.ts'
import type { WideTensorData } from '../tensor-data.ts'
import { type RecordSource, type RunModel, SERVING_BATCH } from './predict-records.ts'

/** What a fingerprint is folded from. */
export function sectionOfFingerprint({ radius, chirality }: Pick<Fingerprint, 'radius' | 'chirality'>) {
  return chirality ? (`morgan-count-r${radius}-chiral` as const) : (`morgan-count-r${radius}` as const)
}

export type ForeignServing = Pick<ForeignCard, 'input' | 'output'>

/** What came back was not one number a compound. */
export class ForeignOutputError extends Error {}

/** [records] pX, not a number where the model gives none that is one. Throws ForeignOutputError. */
export async function predictForeign(
  model: ForeignServing,
  { count, record }: RecordSource,
  run: RunModel,
): Promise<Float32Array> {
  const section: CountSectionName = sectionOfFingerprint(model.input)
  const size = model.input.batch ?? SERVING_BATCH
  const pX = new Float32Array(count)
  for (let start = 0; start < count; start += size) {
    const rows = Math.min(size, count - start)
    const records = Array.from({ length: rows }, (_, i) => record(start + i) as FeatureRecord<CountSectionName>)
    const fingerprints = records.map(each => each[section])
    const results = await run({ [model.input.name]: inputTensor(model.input, fingerprints) })
    const values = outputValues(results[model.output.name], model.input.batch ?? rows)
    for (let i = 0; i < rows; i++) pX[start + i] = scaledToPX(values[i]!, model.output)
  }
  return pX
}

/** A model that takes a fixed number of compounds gets empty ones behind the last. */
function inputTensor(
  input: ForeignServing['input'],
  fingerprints: readonly Parameters<typeof foldInto>[0][],
): WideTensorData {
  const { bits: width, values, elementType, batch } = input
  const rows = batch ?? fingerprints.length
  const dims = [rows, width]
  const filled = <T extends Float32Array | Float64Array | Int32Array>(data: T): T => {
    for (const [i, fingerprint] of fingerprints.entries()) {
      foldInto(fingerprint, data, { offset: i * width, width, values })
    }
    return data
  }
  if (elementType === 'float32') return { dtype: 'float32', data: filled(new Float32Array(rows * width)), dims }
  if (elementType === 'float64') return { dtype: 'float64', data: filled(new Float64Array(rows * width)), dims }
  const data = filled(new Int32Array(rows * width))
  if (elementType === 'int32') return { dtype: 'int32', data, dims }
  return { dtype: 'int64', data: BigInt64Array.from(data, BigInt), dims }
}

type Output = Awaited<ReturnType<RunModel>>[string]

function outputValues(output: Output | undefined, rows: number): ArrayLike<number> {
  if (output === undefined) throw new ForeignOutputError('it does not give the output that was named')
  const { data, dims } = output
  const isNumbers = data instanceof Float32Array || data instanceof Float64Array
  const isColumn = dims[0] === rows && (dims.length === 1 || (dims.length === 2 && dims[1] === 1))
  if (isNumbers && isColumn) return data
  const found = `${isNumbers ? 'numbers' : 'something else'} of the shape [${dims.join(', ')}]`
  throw new ForeignOutputError(`expected one number a compound, [${rows}] or [${rows}, 1], got ${found}`)
}
