import { beforeAll, describe, expect, it } from 'vitest'
import { countKeys, type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { plainGemm } from '../linear-algebra/gemm-engine.ts'
import { createMinMaxIndex, minMaxSimilarities } from '../similarity/min-max-index.ts'
import { type FittedGp, fitGp, heldOutPredictions, predictGp } from './gaussian-process.ts'
import type { KernelInput } from './kernel.ts'
import { combineKernels, negativeLogPosterior } from './marginal-likelihood.ts'
import { createRadialIndex, radialSimilarities } from './radial-kernel.ts'

function generator(seed: number) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Random multisets of 30 keys out of 60: overlapping enough to be alike, different enough to be told apart. */
function randomFingerprints(rows: number, seed: number): SparseCounts[] {
  const next = generator(seed)
  return Array.from({ length: rows }, () =>
    countKeys(Uint32Array.from({ length: 30 }, () => Math.floor(next() * 60) + 7)),
  )
}

const asInputs = (kernels: SparseCounts[][]): KernelInput[] => kernels.map(rows => ({ kind: 'min-max', rows }))

const rows = 40
const fingerprints = [randomFingerprints(rows, 1), randomFingerprints(rows, 2)]
/** Each key has an effect of its own, and effects add up. */
const contribution = (fp: SparseCounts) =>
  fp.keys.reduce((sum, key, i) => sum + 0.4 * fp.counts[i]! * Math.sin(key * 3), 0)
const y = Float64Array.from({ length: rows }, (_, i) => 6 + contribution(fingerprints[0]![i]!) + 0.2 * Math.sin(i * 7))
const everyRow = Array.from({ length: rows }, (_, i) => i)

it('MinMax similarities by inverted lists are those of the pairwise definition', () => {
  const queries = randomFingerprints(9, 3)
  const all = minMaxSimilarities(createMinMaxIndex(fingerprints[0]!), queries)
  for (const [q, query] of queries.entries())
    for (const [r, row] of fingerprints[0]!.entries())
      expect(all[q * rows + r]).toBeCloseTo(tanimotoCounts(query, row), 14)
})

it('similarities to the first rows are those of the whole index, cut', () => {
  const index = createMinMaxIndex(fingerprints[0]!)
  const queries = randomFingerprints(3, 4)
  const all = minMaxSimilarities(index, queries)
  const cut = minMaxSimilarities(index, queries, 7)
  for (let q = 0; q < 3; q++) for (let c = 0; c < 7; c++) expect(cut[q * 7 + c]).toBe(all[q * rows + c])
})

it('radial similarities are those of the definition, columns without variance left out', () => {
  const rowsOf = [
    [1, 5, 2],
    [3, 5, 0],
    [5, 5, 4],
  ].map(row => Float32Array.from(row))
  const query = Float32Array.from([2, 9, 1])
  const index = createRadialIndex(rowsOf)
  const sd = Math.sqrt(8 / 3) // of 1, 3, 5; and of 2, 0, 4
  const expected = rowsOf.map(row => Math.exp(-((2 - row[0]!) ** 2 + (1 - row[2]!) ** 2) / sd ** 2 / 4))
  for (const [i, value] of radialSimilarities(index, [query]).entries()) expect(value).toBeCloseTo(expected[i]!, 12)
  expect(radialSimilarities(index, [rowsOf[1]!])[1]).toBe(1)
})

it('the gradient of the marginal likelihood agrees with central differences', async () => {
  const kernels = fingerprints.map(kernel => minMaxSimilarities(createMinMaxIndex(kernel), kernel))
  const standardised = y.map(value => value - 6)
  const problem = { n: rows, kernels, y: standardised }
  const at = [-0.7, 0.4, -1.9]
  const { gradient } = await negativeLogPosterior(plainGemm, problem, at)
  const h = 1e-5
  for (const [i, slope] of gradient.entries()) {
    const value = async (step: number) =>
      (await negativeLogPosterior(plainGemm, problem, at.with(i, at[i]! + step))).value
    expect(slope).toBeCloseTo(((await value(h)) - (await value(-h))) / (2 * h), 5)
  }
})

describe('a fitted process', () => {
  let gp: FittedGp
  beforeAll(async () => {
    gp = await fitGp(plainGemm, { inputs: asInputs(fingerprints), y, tuningRows: everyRow })
  })

  it('predicts what the textbook formulas give', async () => {
    const queries = [randomFingerprints(6, 8), randomFingerprints(6, 9)]
    const { mean, sd } = await predictGp(plainGemm, gp, asInputs(queries))
    const { weights, noise } = gp.hyperParameters
    const covariance = combineKernels(
      fingerprints.map(kernel => minMaxSimilarities(createMinMaxIndex(kernel), kernel)),
      weights,
    )
    for (let i = 0; i < rows; i++) covariance[i * rows + i] = covariance[i * rows + i]! + noise
    for (let q = 0; q < 6; q++) {
      const k = fingerprints[0]!.map((_, r) =>
        weights.reduce((sum, w, f) => sum + w * tanimotoCounts(queries[f]![q]!, fingerprints[f]![r]!), 0),
      )
      const solvedY = gaussianElimination(
        covariance,
        Array.from(y, value => (value - gp.labels.mean) / gp.labels.sd),
      )
      const solvedK = gaussianElimination(covariance, k)
      const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
      expect(mean[q]).toBeCloseTo(gp.labels.mean + gp.labels.sd * dot(k, solvedY), 8)
      const variance = weights.reduce((a, b) => a + b) - dot(k, solvedK) + noise
      expect(sd[q]).toBeCloseTo(gp.labels.sd * Math.sqrt(variance), 8)
    }
  })

  it('held-out predictions in closed form are those of a process that never saw the group', async () => {
    const groups = [[3, 17, 30], [5], [0, 1, 2, 39]]
    const closed = await heldOutPredictions(plainGemm, gp, { y, groups })
    for (const group of groups) {
      const kept = everyRow.filter(row => !group.includes(row))
      const { weights, noise } = gp.hyperParameters
      const n = kept.length
      const covariance = new Float64Array(n * n)
      const similarity = (a: number, b: number) =>
        weights.reduce((sum, w, f) => sum + w * tanimotoCounts(fingerprints[f]![a]!, fingerprints[f]![b]!), 0)
      kept.forEach((a, i) => {
        kept.forEach((b, j) => {
          covariance[i * n + j] = similarity(a, b) + (i === j ? noise : 0)
        })
      })
      const alpha = gaussianElimination(
        covariance,
        kept.map(row => (y[row]! - gp.labels.mean) / gp.labels.sd),
      )
      for (const row of group) {
        const sum = kept.reduce((total, other, i) => total + similarity(row, other) * alpha[i]!, 0)
        expect(closed.mean[row]).toBeCloseTo(gp.labels.mean + gp.labels.sd * sum, 7)
      }
    }
    expect(closed.mean[7]).toBeNaN()
  })

  it('learns: far better than the mean on compounds it has not seen', async () => {
    const many = [randomFingerprints(250, 21), randomFingerprints(250, 22)]
    const measured = Float64Array.from(many[0]!, contribution)
    const learned = await fitGp(plainGemm, {
      inputs: asInputs(many),
      y: measured,
      tuningRows: Array.from({ length: 100 }, (_, i) => i),
    })
    const queries = [randomFingerprints(100, 31), randomFingerprints(100, 32)]
    const truth = queries[0]!.map(contribution)
    const { mean } = await predictGp(plainGemm, learned, asInputs(queries))
    const rmse = (guess: (i: number) => number) =>
      Math.sqrt(truth.reduce((sum, value, i) => sum + (value - guess(i)) ** 2, 0) / truth.length)
    expect(rmse(i => mean[i]!)).toBeLessThan(0.6 * rmse(() => learned.labels.mean))
    // The second kernel is noise: it gets the smaller weight.
    expect(learned.hyperParameters.weights[1]!).toBeLessThan(learned.hyperParameters.weights[0]! / 3)
  })
})

/** Solves A·x = b without touching A; partial pivoting. Independent of the code under test. */
function gaussianElimination(matrix: Float64Array, b: readonly number[]): number[] {
  const n = b.length
  const a = Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n), b[i]!])
  for (let c = 0; c < n; c++) {
    let pivot = c
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r]![c]!) > Math.abs(a[pivot]![c]!)) pivot = r
    ;[a[c], a[pivot]] = [a[pivot]!, a[c]!]
    for (let r = 0; r < n; r++) {
      if (r === c) continue
      const factor = a[r]![c]! / a[c]![c]!
      for (let k = c; k <= n; k++) a[r]![k] = a[r]![k]! - factor * a[c]![k]!
    }
  }
  return a.map((row, i) => row[n]! / row[i]!)
}
