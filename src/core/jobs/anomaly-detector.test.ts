import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnomalyRule } from '../../shared/contract/anomalies.ts'
import { createAnomalyDetector, type FoundAnomaly } from './anomaly-detector.ts'
import type { MetricRow } from './metrics-store.ts'

interface Recorded {
  run: string
  curves: Record<string, { steps: number[]; values: number[] }>
}

/** Curves of real runs on the simulated example, in the order in which their lines were written. */
const recorded = readFileSync(path.join(import.meta.dirname, 'fixtures', 'recorded-curves.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as Recorded)

function rowsOf({ curves }: Recorded): MetricRow[] {
  return Object.entries(curves)
    .flatMap(([name, { steps, values }]) => steps.map((step, i) => ({ step, name, value: values[i] as number })))
    .sort((a, b) => a.step - b.step)
}

const curvesNamed = (run: string): MetricRow[] => rowsOf(recorded.find(each => each.run === run) as Recorded)
const healthy = recorded.filter(({ run }) => run.startsWith('healthy'))

function detect(rows: readonly MetricRow[]): FoundAnomaly[] {
  const detector = createAnomalyDetector()
  return [...detector.take(rows), ...detector.finish()]
}

const rulesIn = (rows: readonly MetricRow[]): AnomalyRule[] => detect(rows).map(({ rule }) => rule)

/** The healthy run with one curve changed. */
function changed(name: string, change: (value: number, index: number) => number | null): MetricRow[] {
  let index = 0
  return curvesNamed('healthy').map(row =>
    row.name === name ? { ...row, value: change(row.value as number, index++) } : row,
  )
}

describe('recorded runs', () => {
  it.each(healthy)('$run: nothing is said of it', run => {
    expect(detect(rowsOf(run))).toEqual([])
  })

  it('steps far too large: validation gets worse while training gets better', () => {
    expect(rulesIn(curvesNamed('steps far too large'))).toEqual(['divergence'])
  })

  it('without clipping: the loss jumps', () => {
    expect(rulesIn(curvesNamed('no clipping, steps far too large'))).toContain('spike')
  })
})

describe('a known fault put into a recorded run', () => {
  it('a loss that is not a number', () => {
    const rows = changed('train.loss', (value, i) => (i >= 200 && i < 205 ? null : value))
    const found = detect(rows)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ rule: 'notFinite', severity: 'critical', metric: 'train.loss', value: null })
    expect(found[0]!.step).toBe(rows.find(({ value }) => value === null)!.step)
  })

  it('one spike, told once, where it is', () => {
    const rows = changed('train.loss', (value, i) => (i === 300 ? value * 60 : value))
    const highest = rows.filter(({ name }) => name === 'train.loss').reduce((a, b) => (b.value! > a.value! ? b : a))
    const found = detect(rows)
    expect(found.map(({ rule, step }) => [rule, step])).toEqual([['spike', highest.step]])
    expect(found[0]!.value! / found[0]!.typical!).toBeGreaterThan(10)
  })

  it('a gradient that explodes, but not one bad batch', () => {
    expect(rulesIn(changed('gradientNorm', (value, i) => (i >= 250 && i < 260 ? value * 500 : value)))).toEqual([
      'explodingGradient',
    ])
    expect(rulesIn(changed('gradientNorm', (value, i) => (i === 250 ? value * 500 : value)))).toEqual([])
  })

  it('a gradient that vanishes while the learning rate is high', () => {
    expect(rulesIn(changed('gradientNorm', (value, i) => (i >= 120 ? value * 1e-5 : value)))).toEqual([
      'vanishingGradient',
    ])
  })

  it('a machine that becomes slow, told once', () => {
    expect(rulesIn(changed('itemsPerSecond', (value, i) => (i >= 250 ? value / 4 : value)))).toEqual(['slowDown'])
  })
})

/** Normal deviates by Box and Muller (1958), from a generator whose seed is known. */
function noiseFrom(seed: number): () => number {
  let state = seed * 2_654_435_761
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

interface Shape {
  seed: number
  models: number
  epochs: number
  noise: number
  /** What validation does after half of the epochs, an epoch. */
  drift?: number
  /** The learning rate does not fall. */
  constant?: boolean
}

const STEPS = 20

function madeUp({ seed, models, epochs, noise, drift = 0, constant = false }: Shape): MetricRow[] {
  const normal = noiseFrom(seed)
  const rows: MetricRow[] = []
  for (let model = 0; model < models; model++) {
    for (let i = 1; i <= epochs * STEPS; i++) {
      const share = i / (epochs * STEPS)
      const step = model * epochs * STEPS + i
      const level = 0.1 + Math.exp(-6 * share)
      const put = (name: string, value: number): void => void rows.push({ step, name, value })
      put('train.loss', level * Math.exp(noise * normal()))
      put('learningRate', constant ? 1e-3 : 1e-3 * Math.min(1, share * 10) * 0.5 * (1 + Math.cos(Math.PI * share)))
      put('gradientNorm', (0.2 + level) * Math.exp(noise * 1.5 * normal()))
      put('itemsPerSecond', 1_000 * Math.exp(0.1 * normal()))
      if (i % STEPS !== 0) continue
      put('train.epochLoss', level * Math.exp(0.01 * normal()))
      put('validation.rmse', 0.6 + level + 0.02 * normal() + drift * Math.max(0, i / STEPS - epochs / 2))
    }
  }
  return rows
}

describe('curves made up', () => {
  it('healthy ones, of every length and noise: false alarms in less than one run in a hundred', () => {
    const runs = Array.from({ length: 150 }, (_, seed) =>
      madeUp({
        seed: seed + 1,
        models: 1 + (seed % 3),
        epochs: 15 + ((seed * 7) % 60),
        noise: 0.05 + (seed % 10) * 0.06,
      }),
    )
    const alarmed = runs.map(rulesIn).filter(rules => rules.length > 0)
    expect(alarmed.flat().length, JSON.stringify(alarmed)).toBeLessThanOrEqual(1)
  }, 60_000)

  it('overfitting is found in every one', () => {
    for (let seed = 1; seed <= 30; seed++) {
      expect(rulesIn(madeUp({ seed, models: 1, epochs: 60, noise: 0.2, drift: 0.02 }))).toEqual(['divergence'])
    }
  })

  it('standing still is found where the learning rate is still high, and is no fault where it has fallen', () => {
    const still = (constant: boolean): MetricRow[] => {
      const rows = madeUp({ seed: 5, models: 1, epochs: 100, noise: 0.2, constant })
      const level = new Map<string, number>()
      // From epoch 30 on nothing changes but noise.
      return rows.map(row => {
        if (row.name !== 'train.epochLoss' && row.name !== 'validation.rmse') return row
        if (row.step <= 30 * STEPS) level.set(row.name, row.value as number)
        const noise = row.name === 'validation.rmse' ? 0.02 * Math.sin(row.step * 1.7) : 0
        return { ...row, value: row.step <= 30 * STEPS ? row.value : (level.get(row.name) as number) + noise }
      })
    }
    expect(rulesIn(still(true))).toEqual(['plateau'])
    expect(rulesIn(still(false)).filter(rule => rule !== 'plateau')).toEqual([])
  })
})

it('finds the same however the rows are cut into blocks', () => {
  const rows = changed('train.loss', (value, i) => (i === 300 ? value * 60 : i === 350 ? null : value))
  const whole = detect(rows)
  fc.assert(
    fc.property(fc.array(fc.nat({ max: rows.length }), { maxLength: 20 }), cuts => {
      const edges = [0, ...cuts.sort((a, b) => a - b), rows.length]
      const detector = createAnomalyDetector()
      const found = edges.slice(1).flatMap((end, i) => detector.take(rows.slice(edges[i], end)))
      expect([...found, ...detector.finish()]).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})
