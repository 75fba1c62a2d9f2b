/** Whether a model gives the results its card states: the hold-out rows are predicted again, and every figure is computed again. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FeatureRecord } from '../../chem/features/sections.ts'
import { decodeFeatureRows } from '../../recipes/serving/feature-rows.ts'
import { type RunModel, recordsInMemory } from '../../recipes/serving/predict-records.ts'
import type { ModelCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { InspectorProgress, Verification } from '../../shared/inspector-protocol.ts'
import { PASSPORT_FILES, type PassportManifest } from '../../shared/passport.ts'
import { inspectOnnx } from '../../tensor/onnx/inspect.ts'
import { OnnxRefusal } from '../../tensor/onnx/refusal.ts'
import { type LoadedModel, loadModel } from '../loaded-model.ts'
import { checkFigures } from './check-figures.ts'
import { verifyForeign } from './foreign/look-again.ts'
import { checkDeclared, checkOperators } from './onnx-rules.ts'
import { readAnyCard } from './read-card.ts'
import { reading, refusal } from './refuse.ts'

/**
 * Between two machines' float32 arithmetic lie about 1e-6 log units; a thousandth is far below what any assay can tell apart, and far
 * above that.
 */
export const TOLERANCE = 1e-3

type Tell = (progress: InspectorProgress) => void

export async function verifyFolder(folder: string, tell: Tell): Promise<Verification> {
  const card = await readAnyCard(folder)
  if (card.format === 'bindery-foreign-1') return verifyForeign(folder, { card, tolerance: TOLERANCE, tell })
  return verifyModel(folder, { card, declared: null, tell })
}

export async function verifyModel(
  folder: string,
  { card, declared, tell }: { card: ModelCard; declared: PassportManifest['onnx'] | null; tell: Tell },
): Promise<Verification> {
  tell({ stage: 'loading', done: 0, total: null })
  await checkOnnx(folder, card, declared)
  const model = await load(folder)
  try {
    const holdout = card.files.holdout === undefined ? null : await readHoldout(folder, card, model)
    const predicted = holdout === null ? null : await predictAgain(model, holdout, tell)
    tell({ stage: 'comparing', done: 0, total: null })
    return checkFigures({ card, domain: model.known!.domain, holdout, predicted, tolerance: TOLERANCE })
  } finally {
    await model.session.release()
  }
}

async function checkOnnx(folder: string, card: ModelCard, declared: PassportManifest['onnx'] | null): Promise<void> {
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.model))
  reading(PASSPORT_FILES.model, () => {
    const summary = inspectOnnx(bytes)
    checkOperators(summary, { domains: [''], control: false })
    if (declared !== null) checkDeclared(summary, declared)
    if (summary.opsets[''] !== card.opset) {
      throw new OnnxRefusal('onnx.opset', `the card says operator set ${card.opset}, it has ${summary.opsets['']}`)
    }
    const expected = {
      recipe: card.recipe,
      featurePreset: card.featurePreset,
      unit: card.unit,
      dataset: card.dataset.sha256,
    }
    for (const [key, value] of Object.entries(expected)) {
      const found = summary.metadata[key]
      if (found !== value) throw new OnnxRefusal('onnx.metadata', `${key}: the card says ${value}, it says ${found}`)
    }
  })
}

/** What the parts throw that are not meant for strangers' files is told as what it means here. */
async function load(folder: string): Promise<LoadedModel> {
  try {
    return await loadModel(folder)
  } catch (error) {
    if (error instanceof AppError && error.code === 'ERR_7001') {
      throw refusal('ERR_7005', {
        rule: 'onnx.runtime',
        part: PASSPORT_FILES.model,
        message: error.message,
        cause: error,
      })
    }
    if (error instanceof AppError) throw error
    const message = error instanceof Error ? error.message : String(error)
    const part = /domain/i.test(message) ? PASSPORT_FILES.domain : PASSPORT_FILES.kernels
    throw refusal('ERR_7004', { rule: 'passport.content', part, message, cause: error })
  }
}

async function readHoldout(folder: string, card: ModelCard, model: LoadedModel): Promise<FeatureRecord[]> {
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.holdout))
  const records = reading(PASSPORT_FILES.holdout, () => decodeFeatureRows(bytes, model.sections))
  if (records.length <= card.split.test.length) return records as FeatureRecord[]
  const message = `${records.length} rows, the card has ${card.split.test.length} test rows`
  throw refusal('ERR_7004', { rule: 'passport.content', part: PASSPORT_FILES.holdout, message })
}

async function predictAgain(model: LoadedModel, records: readonly FeatureRecord[], tell: Tell) {
  let done = 0
  const run: RunModel = async batch => {
    const result = await model.session.runArrays(batch)
    tell({ stage: 'predicting', done: ++done, total: null })
    return result
  }
  try {
    return await model.answer(recordsInMemory(records), run)
  } catch (error) {
    const message = `it cannot predict: ${error instanceof Error ? error.message : String(error)}`
    throw refusal('ERR_7005', { rule: 'onnx.run', part: PASSPORT_FILES.model, message, cause: error })
  }
}
