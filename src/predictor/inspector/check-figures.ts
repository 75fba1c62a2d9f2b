/** Every figure of a card that can be computed again from what travels with it. ERR_7006 names the first that comes out otherwise. */
import type { FeatureRecord } from '../../chem/features/sections.ts'
import { halfWidthOf } from '../../recipes/calibration/conformal.ts'
import type { Domain } from '../../recipes/domain/domain-file.ts'
import { SimilarityIndex } from '../../recipes/domain/similarity-index.ts'
import { concordanceIndex, kendall } from '../../recipes/metrics/ranking.ts'
import { centredSquares, mean, regressionMetrics, rmse } from '../../recipes/metrics/regression.ts'
import type { RegressionMetrics } from '../../shared/contract/common.ts'
import type { ModelCard } from '../../shared/contract/models.ts'
import type { Verification } from '../../shared/inspector-protocol.ts'
import { PASSPORT_FILES } from '../../shared/passport.ts'
import { refusal } from './refuse.ts'

interface Task {
  readonly card: ModelCard
  readonly domain: Domain
  /** Features of the first test rows of the split, or null where none are enclosed. */
  readonly holdout: readonly FeatureRecord[] | null
  /** What the model says of them now. */
  readonly predicted: { readonly prediction: Float32Array; readonly spread: Float32Array } | null
  readonly tolerance: number
}

type Point = ModelCard['parity'][number]

export function checkFigures(task: Task): Verification {
  const { card, predicted, tolerance } = task
  checkRows(card)
  const checks: Verification['checks'] = ['onnx']
  let largestDifference: number | null = null
  if (predicted !== null) {
    largestDifference = checkPredictions(task, predicted)
    checks.push('predictions', 'intervals')
  }
  for (const part of ['validation', 'test'] as const) checkMetrics(card, part, tolerance)
  checks.push('metrics')
  // A refit has learned from all rows; its card states the figures of the model whose recipe it repeats.
  if (card.refitOf === undefined) {
    checkBaselines(task)
    checks.push('baselines')
  }
  checkLabels(task)
  checks.push('labels')
  checkCalibration(task)
  checks.push('calibration')
  return { rows: predicted?.prediction.length ?? 0, largestDifference, tolerance, checks }
}

/** The points of the parity plot are rows of the parts they are said to be of, each once. */
function checkRows(card: ModelCard): void {
  for (const part of ['validation', 'test'] as const) {
    const rows = new Set(card.split[part])
    const seen = new Set<number>()
    for (const { row } of pointsOf(card, part)) {
      if (!rows.has(row) || seen.has(row))
        throw differs(`parity, row ${row}`, `one ${part} row of the split`, 'another')
      seen.add(row)
    }
  }
}

function checkPredictions({ card, tolerance }: Task, predicted: NonNullable<Task['predicted']>): number {
  const points = new Map(pointsOf(card, 'test').map(point => [point.row, point]))
  let largest = 0
  for (const [i, row] of card.split.test.slice(0, predicted.prediction.length).entries()) {
    const [prediction, halfWidth] = [predicted.prediction[i]!, halfWidthOf(card.conformal, predicted.spread[i]!)]
    if (!Number.isFinite(prediction)) throw differs(`prediction of test row ${row}`, 'a number', String(prediction))
    const point = points.get(row)
    // A bound measures nothing and is not in the plot.
    if (point === undefined) continue
    largest = Math.max(largest, Math.abs(prediction - point.predicted))
    same(`prediction of test row ${row}`, point.predicted, { found: prediction, tolerance })
    same(`interval of test row ${row}`, point.halfWidth, { found: halfWidth, tolerance })
  }
  return largest
}

function checkMetrics(card: ModelCard, part: Point['part'], tolerance: number): void {
  const points = pointsOf(card, part)
  const measured = points.map(point => point.measured)
  const predicted = points.map(point => point.predicted)
  const found: Partial<RegressionMetrics> = {
    ...regressionMetrics(measured, predicted),
    kendall: kendall(measured, predicted),
    concordance: concordanceIndex(measured, predicted),
  }
  const stated = card.metrics[part]
  for (const name of ['n', 'rmse', 'mae', 'r2', 'pearson', 'spearman', 'kendall', 'concordance'] as const) {
    if (stated[name] === undefined) continue
    same(`${name} of the ${part} rows`, stated[name], { found: found[name] ?? null, tolerance })
  }
  for (const [name, interval] of Object.entries(stated.intervals ?? {})) {
    const value = stated[name as 'rmse']
    if (!interval || value === null || value === undefined) continue
    if (interval.lower <= value + tolerance && interval.upper >= value - tolerance) continue
    // A bootstrap of very skewed figures may miss its own value by a little, never by its own width.
    const slack = interval.upper - interval.lower
    if (interval.lower <= value + slack && interval.upper >= value - slack) continue
    throw differs(
      `interval of ${name} of the ${part} rows`,
      'one around its figure',
      `${interval.lower} – ${interval.upper}`,
    )
  }
}

function checkBaselines({ card, domain, holdout, tolerance }: Task): void {
  const points = pointsOf(card, 'test')
  const measured = points.map(point => point.measured)
  const values = [...domain.pX]
  if (values.length === 0) throw differs('training compounds', 'at least one', 'none')
  const middle = mean(values)
  const floor = rmse(
    measured,
    measured.map(() => middle),
  )
  same('error of predicting the mean', card.baselines.mean.rmse, { found: floor, tolerance })
  if (holdout === null || holdout.length < card.split.test.length) return
  const position = new Map(card.split.test.map((row, i) => [row, i]))
  const queries = points.map(({ row }) => holdout[position.get(row)!]![domain.section])
  const index = new SimilarityIndex(domain.fingerprints)
  const nearest = rmse(
    measured,
    queries.map(query => values[index.nearest(query, 1)[0]!.position]!),
  )
  same('error of the nearest neighbour', card.baselines.nearest.rmse, { found: nearest, tolerance })
}

function checkLabels({ card, domain: { pX }, tolerance }: Task): void {
  const found = {
    mean: mean(pX),
    sd: Math.sqrt(centredSquares(pX) / pX.length),
    min: pX.reduce((a, b) => Math.min(a, b)),
    max: pX.reduce((a, b) => Math.max(a, b)),
  }
  for (const name of ['mean', 'sd', 'min', 'max'] as const) {
    same(`${name} of the training values`, card.labels[name], { found: found[name], tolerance })
  }
}

function checkCalibration({ card: { conformal }, tolerance }: Task): void {
  if (!(conformal.level > 0 && conformal.level < 1))
    throw differs('level of the interval', '0 to 1', String(conformal.level))
  if (!(conformal.quantile >= 0)) throw differs('quantile of the interval', 'at least 0', String(conformal.quantile))
  if (conformal.kind === 'absolute') {
    same('half-width of the interval', conformal.halfWidth, { found: conformal.quantile, tolerance })
  }
}

function pointsOf(card: ModelCard, part: Point['part']): Point[] {
  return card.parity.filter(point => point.part === part)
}

function same(
  what: string,
  stated: number | null,
  { found, tolerance }: { found: number | null; tolerance: number },
): void {
  if (stated === null && found === null) return
  if (stated !== null && found !== null && Math.abs(stated - found) <= tolerance) return
  throw differs(what, stated === null ? 'none' : stated.toFixed(4), found === null ? 'none' : found.toFixed(4))
}

function differs(what: string, expected: string, found: string): Error {
  const message = `${what}: the card says ${expected}, computed again it is ${found}`
  return refusal('ERR_7006', { rule: 'passport.results', part: PASSPORT_FILES.card, message })
}
