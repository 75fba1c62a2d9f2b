/** A passport taken apart and put together again, rightly or wrongly. */
import { createHash } from 'node:crypto'
import { crc32, localHeader, readStoredZip, zipTail } from '../../src/node/stored-zip.ts'
import type { ModelCard } from '../../src/shared/contract/models.ts'
import { MANIFEST_FILE, PASSPORT_FILES, type PassportManifest, type PassportRole } from '../../src/shared/passport.ts'
import { type SmallModel, smallOnnx } from '../../src/tensor/onnx/fixtures/small-onnx.ts'

export type Parts = Map<string, Buffer>

export async function takeApart(passport: Buffer): Promise<Parts> {
  const source = {
    sizeBytes: passport.length,
    read: async (at: number, length: number) => passport.subarray(at, at + length),
  }
  const entries = await readStoredZip(source, { maxEntries: 10, isName: () => true })
  return new Map(entries.map(({ name, offset, sizeBytes }) => [name, passport.subarray(offset, offset + sizeBytes)]))
}

/** A ZIP of the parts as they are. */
export function zip(parts: Parts): Buffer {
  const entries = [...parts].map(([name, bytes]) => ({ name, sizeBytes: bytes.length, crc32: crc32(bytes) }))
  return Buffer.concat([
    ...[...parts.values()].flatMap((bytes, i) => [localHeader(entries[i]!), bytes]),
    zipTail(entries),
  ])
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const jsonOf = <T>(parts: Parts, name: string): T => JSON.parse(parts.get(name)!.toString('utf8')) as T
const toBytes = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

/** What somebody would do who knows the format: change parts, then make every hash fit again. */
export function forge(
  parts: Parts,
  change: { card?: (card: ModelCard) => void; manifest?: (manifest: PassportManifest) => void; files?: Parts },
): Parts {
  const forged: Parts = new Map([...parts, ...(change.files ?? [])])
  const card = jsonOf<ModelCard>(forged, PASSPORT_FILES.card)
  for (const role of ['model', 'domain', 'kernels', 'holdout'] as const) {
    const bytes = forged.get(PASSPORT_FILES[role])
    if (bytes !== undefined)
      card.files[role] = { name: PASSPORT_FILES[role], sha256: sha256(bytes), sizeBytes: bytes.length }
  }
  change.card?.(card)
  forged.set(PASSPORT_FILES.card, toBytes(card))
  const manifest = jsonOf<PassportManifest>(forged, MANIFEST_FILE)
  manifest.files = manifest.files.map(({ role, name }) => statedFile(role, name, forged))
  change.manifest?.(manifest)
  forged.set(MANIFEST_FILE, toBytes(manifest))
  return forged
}

function statedFile(role: PassportRole, name: string, parts: Parts): PassportManifest['files'][number] {
  const bytes = parts.get(name)!
  return { role, name, sizeBytes: bytes.length, sha256: sha256(bytes) }
}

/** Another ONNX file in the place of the model's, with the metadata and ports that the passport promises. */
export function withOnnx(parts: Parts, model: Partial<SmallModel> | Uint8Array): Parts {
  const card = jsonOf<ModelCard>(parts, PASSPORT_FILES.card)
  const { onnx } = jsonOf<PassportManifest>(parts, MANIFEST_FILE)
  const [first] = onnx.inputs
  const bytes =
    model instanceof Uint8Array
      ? model
      : smallOnnx({
          inputs: [{ name: first!.name, shape: first!.dims as (string | number)[] }],
          outputs: OUTPUTS,
          nodes: HONEST_NODES(first!.name),
          opsets: { '': card.opset },
          metadata: {
            recipe: card.recipe,
            featurePreset: card.featurePreset,
            unit: card.unit,
            dataset: card.dataset.sha256,
          },
          ...model,
        })
  return forge(parts, {
    files: new Map([[PASSPORT_FILES.model, Buffer.from(bytes)]]),
    manifest: manifest => {
      manifest.onnx.inputs = [first!]
      manifest.onnx.outputs = OUTPUTS.map(({ name, shape }) => ({ name, elementType: 1, dims: [...shape] }))
    },
  })
}

const OUTPUTS = [
  { name: 'prediction', shape: ['molecules'] },
  { name: 'spread', shape: ['molecules'] },
]

/** Means of the inputs: it runs, and predicts nothing. */
export const HONEST_NODES = (input: string): SmallModel['nodes'] => [
  { op: 'ReduceMax', inputs: [input], outputs: ['high'], attributes: { keepdims: { i: 1 } } },
  ...reduceToOutputs(input),
]

/** The two outputs from a matrix [molecules, n]. */
export function reduceToOutputs(matrix: string): SmallModel['nodes'] {
  return [
    { op: 'Constant', inputs: [], outputs: ['axis'], attributes: { value_ints: { ints: [1] } } },
    { op: 'ReduceMean', inputs: [matrix, 'axis'], outputs: ['prediction'], attributes: { keepdims: { i: 0 } } },
    { op: 'ReduceMax', inputs: [matrix, 'axis'], outputs: ['spread'], attributes: { keepdims: { i: 0 } } },
  ]
}
