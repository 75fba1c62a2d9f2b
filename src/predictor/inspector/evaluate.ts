/** How a model did, point by point, from its card, its hold-out features and what it learned from. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { type Domain, decodeDomain } from '../../recipes/domain/domain-file.ts'
import { SimilarityIndex } from '../../recipes/domain/similarity-index.ts'
import { findCliffs } from '../../recipes/evaluation/cliffs.ts'
import { coverageCurve } from '../../recipes/evaluation/coverage-curve.ts'
import { errorBySimilarity } from '../../recipes/evaluation/error-by-similarity.ts'
import { decodeFeatureRows } from '../../recipes/serving/feature-rows.ts'
import { sectionOfFingerprint } from '../../recipes/serving/foreign-model.ts'
import type { AnyCard } from '../../shared/contract/models.ts'
import type { EvaluatedPoint, Evaluation } from '../../shared/evaluation.ts'
import type { InspectorProgress } from '../../shared/inspector-protocol.ts'
import { PASSPORT_FILES } from '../../shared/passport.ts'
import { readAnyCard } from './read-card.ts'
import { reading } from './refuse.ts'

const NEAREST = 3
/** Test compounds beyond these have their nearest neighbour only: the answer goes to a page. */
const DETAILED_POINTS = 2_000
const TOLD_EVERY = 200

export async function evaluateModel(
  folder: string,
  tell: (progress: InspectorProgress) => void,
): Promise<Omit<Evaluation, 'noiseSd'>> {
  const card = await readAnyCard(folder)
  const domain = await domainOf(folder, card)
  const fingerprints = await testFingerprints(folder, card, domain)
  const points = pointsOf(card, { domain, fingerprints, tell })
  const test = points.filter(({ part }) => part === 'test')
  return {
    points,
    coverage: coverageOf(card),
    bySimilarity: errorBySimilarity(test),
    ...findCliffs({ test, fingerprints, domain: domain ?? NOTHING_LEARNED }),
  }
}

const NOTHING_LEARNED: Domain = {
  section: 'morgan-count-r2-chiral',
  fingerprints: [],
  pX: new Float64Array(0),
  smiles: [],
}

/** What the model has learned from; `null` where nobody has said. */
async function domainOf(folder: string, card: AnyCard): Promise<Domain | null> {
  if (card.format === 'bindery-foreign-1' && card.training === null) return null
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.domain))
  return reading(PASSPORT_FILES.domain, () => decodeDomain(bytes))
}

function coverageOf(card: AnyCard): Evaluation['coverage'] {
  if (card.format === 'bindery-model-1') return coverageCurve(card.parity, card.conformal.kind)
  const coverage = card.measured?.coverage ?? null
  return coverage === null ? [] : [{ level: coverage.level, observed: coverage.observed }]
}

/** By row; empty where the model encloses none. */
async function testFingerprints(
  folder: string,
  card: AnyCard,
  domain: Domain | null,
): Promise<Map<number, SparseCounts>> {
  const rows = card.format === 'bindery-model-1' ? card.split.test : card.parity.map(({ row }) => row)
  const section = card.format === 'bindery-model-1' ? domain!.section : sectionOfFingerprint(card.input)
  if (card.files.holdout === undefined) return new Map()
  const bytes = await readFile(path.join(folder, PASSPORT_FILES.holdout))
  const records = reading(PASSPORT_FILES.holdout, () => decodeFeatureRows(bytes, [section]))
  return new Map(
    records.flatMap((record, i) => {
      const row = rows[i]
      return row === undefined ? [] : [[row, record[section]] as const]
    }),
  )
}

function pointsOf(
  card: AnyCard,
  parts: {
    domain: Domain | null
    fingerprints: ReadonlyMap<number, SparseCounts>
    tell: (progress: InspectorProgress) => void
  },
): EvaluatedPoint[] {
  const { domain, fingerprints } = parts
  const index = domain === null ? null : new SimilarityIndex(domain.fingerprints)
  const count = fingerprints.size > DETAILED_POINTS ? 1 : NEAREST
  return card.parity.map((point, i) => {
    if (i % TOLD_EVERY === 0) parts.tell({ stage: 'comparing', done: i, total: card.parity.length })
    const fingerprint = point.part === 'test' ? fingerprints.get(point.row) : undefined
    const found = fingerprint === undefined || index === null ? [] : index.nearest(fingerprint, count)
    return {
      ...point,
      smiles: point.smiles ?? null,
      similarity: fingerprint === undefined || index === null ? null : (found[0]?.similarity ?? 0),
      nearest: found.map(({ position, similarity }) => ({
        smiles: domain!.smiles[position]!,
        pX: domain!.pX[position]!,
        similarity,
      })),
    }
  })
}
