/** The learning curve of a model: from what it has learned from and the test compounds it encloses, by a cheap model. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { decodeDomain } from '../../recipes/domain/domain-file.ts'
import { comparableRows } from '../../recipes/domain/leakage.ts'
import { CURVE_ROWS, learningCurve } from '../../recipes/evaluation/learning-curve.ts'
import { plainGemm } from '../../recipes/linear-algebra/gemm-engine.ts'
import { decodeFeatureRows } from '../../recipes/serving/feature-rows.ts'
import type { LearningCurve } from '../../shared/evaluation.ts'
import type { InspectorProgress } from '../../shared/inspector-protocol.ts'
import { PASSPORT_FILES } from '../../shared/passport.ts'
import { randomPermutation } from '../../tensor/random.ts'
import { readAnyCard } from './read-card.ts'
import { reading } from './refuse.ts'

/** Rows compared with: keeps the table of similarities within some tens of MiB. */
const COMPARED = 1e6

/** `null`: no test compounds are enclosed, or the model has learned from them. */
export async function curveOfModel(
  folder: string,
  tell: (progress: InspectorProgress) => void,
): Promise<LearningCurve | null> {
  const card = await readAnyCard(folder)
  if (card.format !== 'bindery-model-1' || card.files.holdout === undefined || card.refitOf !== undefined) return null
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.domain))
  const domain = reading(PASSPORT_FILES.domain, () => decodeDomain(bytes))
  const holdoutBytes = await readFile(path.join(folder, PASSPORT_FILES.holdout))
  const records = reading(PASSPORT_FILES.holdout, () => decodeFeatureRows(holdoutBytes, [domain.section]))
  const placeOf = new Map(card.split.test.map((row, place) => [row, place]))
  const test = card.parity.flatMap(({ part, row, measured }): { fingerprint: SparseCounts; measured: number }[] => {
    const record = part === 'test' ? records[placeOf.get(row) ?? -1] : undefined
    return record === undefined ? [] : [{ fingerprint: record[domain.section], measured }]
  })
  const rows = domain.fingerprints.length
  const drawn = randomPermutation({ seed: card.seed, stream: 'learning curve rows', step: 0 }, rows).slice(
    0,
    CURVE_ROWS,
  )
  const compared = comparableRows(
    test.map((_, i) => i),
    COMPARED,
  ).map(i => test[i]!)
  if (rows === 0 || compared.length === 0) return null
  const points = await learningCurve(plainGemm, {
    learned: [...drawn].map(row => domain.fingerprints[row]!),
    y: Float64Array.from(drawn, row => domain.pX[row]!),
    test: compared.map(({ fingerprint }) => fingerprint),
    measured: Float64Array.from(compared, ({ measured }) => measured),
    seed: card.seed,
    beforeFit: (done, total) => tell({ stage: 'fitting', done, total }),
  })
  return {
    recipe: 'tanimoto-gp',
    points,
    learnedRows: rows,
    testRows: compared.length,
    model: card.metrics.test.rmse,
    floors: { mean: card.baselines.mean.rmse, nearest: card.baselines.nearest.rmse },
  }
}
