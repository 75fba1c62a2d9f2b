import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SectionName } from '../chem/features/sections.ts'
import { OrtSession } from '../node/ort-session.ts'
import type { ConformalInterval } from '../recipes/calibration/conformal.ts'
import { type Domain, decodeDomain } from '../recipes/domain/domain-file.ts'
import { SimilarityIndex } from '../recipes/domain/similarity-index.ts'
import { checkRecipeSettings, recipeOf } from '../recipes/registry.ts'
import { createBatches, indexKernelRows } from '../recipes/serving/batches.ts'
import { decodeKernelFile } from '../recipes/serving/kernel-file.ts'
import {
  type BatchMaker,
  predictRecords,
  type RecordSource,
  type RunModel,
} from '../recipes/serving/predict-records.ts'
import { type AnyCard, anyCardSchema, type ModelCard, type ModelFile } from '../shared/contract/models.ts'
import { AppError } from '../shared/errors.ts'
import { createForeign } from './loaded-foreign.ts'

/** A model that is ready to predict. */
export interface LoadedModel {
  readonly card: AnyCard
  readonly session: OrtSession
  /** What predictions read of a feature record. */
  readonly sections: readonly SectionName[]
  /** Measured compounds to compare with; `null` where none are known. */
  readonly known: KnownCompounds | null
  /** `null`: nobody has calibrated it. */
  readonly conformal: Pick<ConformalInterval, 'kind' | 'quantile'> | null
  /** [records] in pX units, in their order; `run` runs `session`. */
  answer(records: RecordSource, run: RunModel): Promise<{ prediction: Float32Array; spread: Float32Array }>
  /** Of its files; what it takes in memory is of that order. */
  readonly sizeBytes: number
}

export interface KnownCompounds {
  readonly domain: Domain
  readonly index: SimilarityIndex
  /** They are what the model has learned from: far from them it need not be believed. */
  readonly tellsDistance: boolean
}

/**
 * Reads the card and checks the files against it before anything looks into them. ERR_7001: there is no usable card or the runtime
 * refuses the model; ERR_7003: a file is not the one the card was written for.
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const card = await readCard(folder)
  const model = await readChecked(folder, card.files.model)
  if (card.format === 'bindery-foreign-1') {
    const { domain } = card.files
    return createForeign(card, { model, domainBytes: domain === undefined ? null : await readChecked(folder, domain) })
  }
  const domainBytes = await readChecked(folder, card.files.domain)
  const kernelBytes = card.files.kernels ? await readChecked(folder, card.files.kernels) : null
  const recipe = recipeOf(card.recipe)
  const domain = decodeDomain(domainBytes)
  const batches = batchesOf(card, kernelBytes)
  return {
    card,
    // From bytes, not from the path: a model that refers to other files cannot reach them.
    // One thread: the cores belong to the chemistry workers, which take longer, and the runtime's own threads would spin in wait.
    session: await OrtSession.create(model, { provider: 'cpu', threads: 1 }),
    sections: [...new Set([...recipe.sections, domain.section])],
    known: { domain, index: new SimilarityIndex(domain.fingerprints), tellsDistance: true },
    conformal: card.conformal,
    answer: (records, run) => predictRecords(batches, records, { run, outputs: ['prediction', 'spread'] as const }),
    sizeBytes: model.length + domainBytes.length + (kernelBytes?.length ?? 0),
  }
}

/** From the parts that are in the model: one of weight 0 was trained, but is not. */
function batchesOf({ recipe, preset, settings, parts }: ModelCard, kernelBytes: Uint8Array | null): BatchMaker {
  const { network, process } = recipeOf(recipe).createParts(checkRecipeSettings(recipe, preset, settings))
  const isUsed = (name: ModelCard['parts'][number]['recipe']) =>
    parts.some(part => part.recipe === name && part.weight > 0)
  if (!isUsed('tanimoto-gp')) return createBatches(network, null)
  if (!process || !kernelBytes)
    throw new AppError('ERR_7001', 'The card names no file of kernels, which its model needs')
  const rows = indexKernelRows(process.terms, decodeKernelFile(kernelBytes, process.terms))
  return createBatches(isUsed('dmpnn') ? network : null, rows)
}

/** Changes whenever a file of the folder does. */
export async function folderSignature(folder: string): Promise<string> {
  const sizes = ['card.json', 'model.onnx'].map(name =>
    stat(path.join(folder, name)).catch((cause: unknown) => missing(path.join(folder, name), cause)),
  )
  // Not every model has them; one that its card names is missed when it is read.
  const others = ['domain.bin', 'kernels.bin'].map(name =>
    stat(path.join(folder, name)).catch(() => ({ size: -1, mtimeMs: 0 })),
  )
  const stats = await Promise.all([...sizes, ...others])
  return stats.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join(' ')
}

async function readCard(folder: string): Promise<AnyCard> {
  const file = path.join(folder, 'card.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => missing(file, cause))
  try {
    return anyCardSchema.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('ERR_7001', `${file} is no model card: ${reason}`, { cause })
  }
}

async function readChecked(folder: string, expected: ModelFile): Promise<Uint8Array> {
  if (path.basename(expected.name) !== expected.name) {
    throw new AppError('ERR_7003', `The card names "${expected.name}", which lies outside the model's folder`)
  }
  const file = path.join(folder, expected.name)
  const bytes = await readFile(file).catch((cause: unknown) => missing(file, cause))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === expected.sha256) return bytes
  throw new AppError('ERR_7003', `${expected.name} has SHA-256 ${sha256}, its card says ${expected.sha256}`, {
    details: { file: expected.name, expected: expected.sha256, found: sha256 },
  })
}

function missing(file: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new AppError('ERR_7001', `The model cannot be read: ${reason}`, { details: { file }, cause })
}
