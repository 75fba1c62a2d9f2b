import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PASSPORT_FILES, type PassportManifest } from '../../shared/passport.ts'
import { inspectOnnx } from '../../tensor/onnx/inspect.ts'
import { reading } from './refuse.ts'

/** What a passport declares of the ONNX file in a model's folder. */
export async function describeModel(folder: string): Promise<PassportManifest['onnx']> {
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.model))
  const { opsets, inputs, outputs } = reading(PASSPORT_FILES.model, () => inspectOnnx(bytes))
  const ports = (list: typeof inputs) =>
    list.map(({ name, elementType, dims }) => ({ name, elementType, dims: [...dims] }))
  return { opset: opsets['']!, inputs: ports(inputs), outputs: ports(outputs) }
}
