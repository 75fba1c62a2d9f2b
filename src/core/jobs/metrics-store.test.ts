import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OUTLINE_SHIFTS } from '../store/metric-outline-levels.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createJobStore } from './job-store.ts'
import { levelFor, newPoints, selectCurves, selectCurvesSince } from './metrics-curves.ts'
import { cursorOf, deleteSomeMetrics, insertMetricRows, type MetricRow } from './metrics-store.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-metrics-'))
let store: Store
beforeAll(async () => {
  store = await openStore(folder)
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const newJob = (): string =>
  createJobStore(store).insert({ kind: 'train', name: 'run', datasetId: null, request: {} }).id
const insert = (id: string, rows: readonly MetricRow[]): void => store.write(() => insertMetricRows(store, id, rows))
const loss = (step: number, value: number | null): MetricRow => ({ step, name: 'loss', value })

/** What the store should hold, from all rows ever given, the simplest way. */
function expectedOutlines(rows: readonly MetricRow[], name: string) {
  const last = new Map(rows.filter(row => row.name === name).map(({ step, value }) => [step, value]))
  const finite = [...last].filter((point): point is [number, number] => point[1] !== null).sort((a, b) => a[0] - b[0])
  return OUTLINE_SHIFTS.flatMap((shift, level) =>
    [...Map.groupBy(finite, ([step]) => Math.floor(step / 2 ** shift))]
      .sort((a, b) => a[0] - b[0])
      .map(([range, points]) => {
        const values = points.map(([, value]) => value)
        const [low, high] = [Math.min(...values), Math.max(...values)]
        const lowStep = points.find(([, value]) => value === low)![0]
        const highStep = points.find(([, value]) => value === high)![0]
        return { level, range, points: points.length, low, low_step: lowStep, high, high_step: highStep }
      }),
  )
}

const storedOutlines = (id: string, name: string) =>
  store.all(
    `SELECT level, range, metric_outlines.points, low, low_step, high, high_step FROM metric_outlines
     JOIN metric_series ON metric_series.id = series_id WHERE job_id = ? AND name = ? ORDER BY level, range`,
    [id, name],
  )

describe('outlines', () => {
  it('are those of the points, whatever came in whatever order and blocks', () => {
    const row = fc.record({
      step: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 5_000 }), fc.nat({ max: 2 ** 31 })),
      name: fc.constantFrom('loss', 'rmse'),
      value: fc.oneof(
        fc.integer({ min: -5, max: 5 }),
        fc.constant(null),
        // SQLite knows one zero.
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
      ),
    })
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 30 }), { maxLength: 8 }), blocks => {
        const id = newJob()
        for (const block of blocks) insert(id, block)
        const rows = blocks.flat()
        for (const name of ['loss', 'rmse']) {
          expect(storedOutlines(id, name)).toEqual(expectedOutlines(rows, name))
          const last = new Map(rows.filter(each => each.name === name).map(({ step, value }) => [step, value]))
          const [curve] = selectCurves(store, { jobId: id, names: [name], ranges: 1_000 }).curves
          expect(new Map(curve?.steps.map((step, i) => [step, curve.values[i]]))).toEqual(last)
        }
        expect(newPoints(store, id, 0).cursor).toBe(cursorOf(store, id))
      }),
      { numRuns: 60 },
    )
  })

  it('keep the means', () => {
    const id = newJob()
    insert(
      id,
      Array.from({ length: 4_000 }, (_, step) => loss(step, step % 10 === 0 ? 100 : 1)),
    )
    const [curve] = selectCurves(store, { jobId: id, ranges: 10 }).curves
    expect(curve!.counts!.reduce((sum, n) => sum + n, 0)).toBe(4_000)
    const total = curve!.means!.reduce((sum, mean, i) => sum + mean * curve!.counts![i]!, 0)
    expect(total / 4_000).toBeCloseTo(10.9, 9)
  })
})

describe('windows', () => {
  const LENGTH = 200_000
  const value = (step: number): number => (step === 123_456 ? 50 : step === 177_777 ? -50 : Math.sin(step) + step / 1e5)
  let id: string
  beforeAll(() => {
    id = newJob()
    for (let from = 0; from < LENGTH; from += 5_000) {
      insert(
        id,
        Array.from({ length: 5_000 }, (_, i) => loss(from + i, value(from + i))),
      )
    }
  })

  it('show every extreme of every pixel at any zoom, and read about as many rows as they show', () => {
    for (const [from, to] of [
      [0, LENGTH - 1],
      [100_000, 180_000],
      [120_000, 130_000],
      [123_000, 124_500],
    ] as const) {
      const [curve] = selectCurves(store, { jobId: id, from, to, ranges: 500 }).curves
      const { steps, values } = curve!
      expect(steps.length).toBeLessThanOrEqual(1_000 + 4)
      expect(steps.length).toBeGreaterThan(500)
      expect(steps).toEqual([...steps].sort((a, b) => a - b))
      for (const [i, step] of steps.entries()) expect(values[i]).toBe(value(step))
      // In each twentieth of the window the true extremes are among the points.
      const part = (to - from) / 20
      for (let k = 1; k < 19; k++) {
        const inside = (step: number): boolean => step >= from + k * part && step < from + (k + 1) * part
        const all: number[] = []
        for (let step = from; step <= to; step++) if (inside(step)) all.push(value(step))
        const seen = values.filter(
          (_, i) => steps[i]! >= from + k * part - 500 && steps[i]! < from + (k + 1) * part + 500,
        )
        expect(Math.max(...(seen as number[]))).toBeGreaterThanOrEqual(Math.max(...all))
        expect(Math.min(...(seen as number[]))).toBeLessThanOrEqual(Math.min(...all))
      }
    }
    const stored = store.one<{ n: number }>('SELECT COUNT(*) AS n FROM metric_outlines')!.n
    for (const [from, to] of [
      [0, LENGTH - 1],
      [100_000, 180_000],
    ] as const) {
      const level = levelFor({ from, to, ranges: 500 })
      const ranges = (to - from + 1) / 2 ** OUTLINE_SHIFTS[level]!
      expect(ranges).toBeGreaterThanOrEqual(500)
      expect(ranges).toBeLessThan(2_000)
      expect(ranges).toBeLessThan(stored)
    }
  })

  it('show the points themselves where they fit, with one beyond each edge', () => {
    const [curve] = selectCurves(store, { jobId: id, from: 500, to: 503, ranges: 500 }).curves
    expect(curve).toEqual({
      name: 'loss',
      steps: [499, 500, 501, 502, 503, 504],
      values: [499, 500, 501, 502, 503, 504].map(value),
    })
    expect(selectCurves(store, { jobId: id, from: LENGTH, to: LENGTH + 5, ranges: 500 }).curves).toEqual([])
  })

  it('since a cursor begin where the first new point is', () => {
    const { curves, cursor } = selectCurvesSince(store, { jobId: id, after: LENGTH - 100, ranges: 500 })
    expect(cursor).toBe(LENGTH)
    expect(curves[0]!.steps.at(0)).toBe(LENGTH - 101)
    expect(curves[0]!.steps.at(-1)).toBe(LENGTH - 1)
  })
})

it('what is not finite is kept as a gap', () => {
  const id = newJob()
  insert(id, [loss(1, 0.5), loss(2, null), loss(3, 0.25)])
  expect(selectCurves(store, { jobId: id, ranges: 10 }).curves).toEqual([
    { name: 'loss', steps: [1, 2, 3], values: [0.5, null, 0.25] },
  ])
})

it('deletes a job piece by piece', () => {
  const id = newJob()
  insert(
    id,
    Array.from({ length: 300 }, (_, step) => loss(step, step)),
  )
  insert(id, [{ step: 1, name: 'rmse', value: 1 }])
  let turns = 0
  while (store.write(() => deleteSomeMetrics(store, id, 100))) turns++
  expect(turns).toBeGreaterThan(4)
  expect(store.one('SELECT COUNT(*) AS n FROM metrics WHERE job_id = ?', [id])).toEqual({ n: 0 })
  expect(store.one('SELECT COUNT(*) AS n FROM metric_series WHERE job_id = ?', [id])).toEqual({ n: 0 })
})
