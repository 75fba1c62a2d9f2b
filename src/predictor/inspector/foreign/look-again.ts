/** A model made elsewhere that is here already: whether it still says what its card says, and how it did point by point. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { decodeFeatureRows } from '../../../recipes/serving/feature-rows.ts'
import { predictForeign, sectionOfFingerprint } from '../../../recipes/serving/foreign-model.ts'
import { type RunModel, recordsInMemory } from '../../../recipes/serving/predict-records.ts'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import type { InspectorProgress, Verification } from '../../../shared/inspector-protocol.ts'
import { PASSPORT_FILES } from '../../../shared/passport.ts'
import { loadModel } from '../../loaded-model.ts'
import { reading, refusal } from '../refuse.ts'

type Tell = (progress: InspectorProgress) => void

/** Predicts the measured compounds again; 0 rows where there are none. ERR_7006 naming the first that comes out otherwise. */
export async function verifyForeign(
  folder: string,
  { card, tolerance, tell }: { card: ForeignCard; tolerance: number; tell: Tell },
): Promise<Verification> {
  tell({ stage: 'loading', done: 0, total: null })
  const model = await loadModel(folder)
  try {
    if (card.files.holdout === undefined) return { rows: 0, largestDifference: null, tolerance, checks: ['onnx'] }
    const section = sectionOfFingerprint(card.input)
    const bytes = await readFile(path.join(folder, PASSPORT_FILES.holdout))
    const records = reading(PASSPORT_FILES.holdout, () => decodeFeatureRows(bytes, [section]))
    let done = 0
    const run: RunModel = async batch => {
      const results = await model.session.runArrays(batch)
      tell({ stage: 'predicting', done: ++done, total: null })
      return results
    }
    const predicted = await predictForeign(card, recordsInMemory(records as never), run)
    let largestDifference = 0
    for (const [i, point] of card.parity.entries()) {
      const difference = Math.abs(predicted[i]! - point.predicted)
      largestDifference = Math.max(largestDifference, difference)
      if (difference <= tolerance) continue
      const message = `prediction of row ${point.row}: the card says ${point.predicted}, computed again it is ${predicted[i]}`
      throw refusal('ERR_7006', { rule: 'passport.results', part: PASSPORT_FILES.card, message })
    }
    return { rows: card.parity.length, largestDifference, tolerance, checks: ['onnx', 'predictions'] }
  } finally {
    await model.session.release()
  }
}
