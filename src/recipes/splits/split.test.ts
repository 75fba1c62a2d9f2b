import { describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { makeFolds, makeSplit, type Split, type SplitRows } from './split.ts'

function rowsOf(n: number, change: Partial<SplitRows> = {}): SplitRows {
  return {
    bound: new Array<number>(n).fill(0),
    splitValue: new Array<null>(n).fill(null),
    scaffold: Array.from({ length: n }, (_, i) => `scaffold ${i % 40}`),
    ...change,
  }
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}

function expectPartition(split: Split, n: number) {
  const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b)
  expect(all).toEqual(Array.from({ length: n }, (_, i) => i))
}

describe('random split', () => {
  it('parts every row 70 / 10 / 20, by the seed alone', () => {
    const rows = rowsOf(200)
    const split = makeSplit(rows, 'random', 42)
    expectPartition(split, 200)
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([140, 20, 40])
    expect(makeSplit(rows, 'random', 42)).toEqual(split)
    expect(makeSplit(rows, 'random', 43).test).not.toEqual(split.test)
  })

  it('tests and validates on exactly measured rows only', () => {
    const bound = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? -1 : 0))
    const split = makeSplit(rowsOf(100, { bound }), 'random', 1)
    expectPartition(split, 100)
    for (const row of [...split.test, ...split.validation]) expect(bound[row]).toBe(0)
  })

  it('says how many rows it needs', () => {
    expect(codeOf(() => makeSplit(rowsOf(20), 'random', 1))).toBe(
      'ERR_6001 Too little data: 20 exactly measured rows, at least 24 are needed',
    )
    expectPartition(makeSplit(rowsOf(24), 'random', 1), 24)
  })
})

describe('scaffold split', () => {
  it('never parts a scaffold and keeps large ones in training', () => {
    const scaffold = Array.from({ length: 300 }, (_, i) => (i < 120 ? 'large' : `s${i % 50}`))
    for (const seed of [1, 2, 3]) {
      const split = makeSplit(rowsOf(300, { scaffold }), 'scaffold', seed)
      expectPartition(split, 300)
      const parts = [split.train, split.validation, split.test].map(part => new Set(part.map(i => scaffold[i])))
      const distinct = new Set(parts.flatMap(part => [...part]))
      expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(distinct.size)
      expect(parts[0]).toContain('large')
      expect(split.test.length).toBeGreaterThan(50)
      expect(split.test.length).toBeLessThanOrEqual(60)
    }
  })

  it('keeps ringless molecules together and unknown scaffolds apart', () => {
    const scaffold = Array.from({ length: 60 }, (_, i) => (i < 5 ? '' : null))
    const split = makeSplit(rowsOf(60, { scaffold }), 'scaffold', 4)
    const inTest = split.test.filter(row => row < 5).length
    expect([0, 5]).toContain(inTest)
    expect(split.test.length).toBeGreaterThan(6)
  })

  it('is refused where all rows share one scaffold', () => {
    const rows = rowsOf(60, { scaffold: new Array<string>(60).fill('c1ccccc1') })
    expect(codeOf(() => makeSplit(rows, 'scaffold', 1))).toMatch(/^ERR_6003 60 rows in 1 group/)
  })
})

describe('cluster split', () => {
  it('never parts a cluster', () => {
    const cluster = Int32Array.from({ length: 300 }, (_, i) => (i < 100 ? 0 : i % 60))
    const split = makeSplit(rowsOf(300, { cluster }), 'cluster', 3)
    expectPartition(split, 300)
    const parts = [split.train, split.validation, split.test].map(part => new Set(part.map(i => cluster[i])))
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(new Set(cluster).size)
    expect(parts[0]).toContain(0)
    expect(split.test.length).toBeGreaterThan(50)
    expect(makeSplit(rowsOf(300, { cluster }), 'cluster', 4).test).not.toEqual(split.test)
  })

  it('is not made without clusters', () => {
    expect(() => makeSplit(rowsOf(60), 'cluster', 1)).toThrow('needs the clusters')
  })
})

describe('split by time', () => {
  const days = (n: number): string[] =>
    Array.from({ length: n }, (_, i) => new Date(1.5e12 + ((i * 37) % n) * 864e5).toISOString().slice(0, 10))

  it('tests the newest fifth; nothing tested is as old as what is learned from', () => {
    const date = days(100)
    const split = makeSplit(rowsOf(100, { date }), 'time', 5)
    expectPartition(split, 100)
    expect(split.test).toHaveLength(20)
    const newestLearned = [...split.train, ...split.validation]
      .map(i => date[i]!)
      .sort()
      .at(-1)!
    for (const row of split.test) expect(date[row]! > newestLearned).toBe(true)
    // The seed draws validation only.
    expect(makeSplit(rowsOf(100, { date }), 'time', 6).test).toEqual(split.test)
    expect(makeSplit(rowsOf(100, { date }), 'time', 6).validation).not.toEqual(split.validation)
  })

  it('keeps a date together and compares as precisely as the least precise one', () => {
    const date = Array.from({ length: 100 }, (_, i) => (i < 60 ? '2019' : i < 83 ? '2020-05' : '2021-01-02'))
    // 17 rows of 2021 are closer to a fifth than 40 of 2020 and 2021.
    expect(makeSplit(rowsOf(100, { date }), 'time', 1).test).toEqual(Array.from({ length: 17 }, (_, i) => 83 + i))
    const late = Array.from({ length: 100 }, (_, i) => (i < 95 ? '2020-01-01' : '2020'))
    expect(codeOf(() => makeSplit(rowsOf(100, { date: late }), 'time', 1))).toMatch(
      'ERR_6003 All rows have the date 2020',
    )
  })

  it('weighs exactly measured rows only', () => {
    const date = Array.from({ length: 100 }, (_, i) => `${2000 + Math.floor(i / 10)}`)
    const bound = Array.from({ length: 100 }, (_, i) => (i >= 80 ? -1 : 0))
    const { test } = makeSplit(rowsOf(100, { date, bound }), 'time', 1)
    // A fifth of 80 exact rows is 16: the years 2008 and 2009 have none, 2007 ten and 2006 ten.
    expect(test).toEqual(Array.from({ length: 40 }, (_, i) => 60 + i))
  })

  it('is refused without dates, and where some are missing', () => {
    expect(codeOf(() => makeSplit(rowsOf(60), 'time', 1))).toMatch('ERR_6003 The data set has no dates')
    const date = ['2020', null, ...new Array<string>(58).fill('2021')]
    expect(codeOf(() => makeSplit(rowsOf(60, { date }), 'time', 1))).toMatch(
      'ERR_6003 1 of 60 rows have no date (the first is row 2)',
    )
  })
})

describe('folds of the test part', () => {
  const folds = (rows: SplitRows, kind: 'random' | 'scaffold', of: number) =>
    Array.from({ length: of }, (_, i) => makeSplit(rows, kind, 11, { index: i + 1, of }))

  it('test every exactly measured row once, in parts of one size', () => {
    const bound = Array.from({ length: 203 }, (_, i) => (i % 10 === 0 ? 1 : 0))
    const made = folds(rowsOf(203, { bound }), 'random', 5)
    for (const split of made) expectPartition(split, 203)
    const tested = made.flatMap(split => split.test)
    expect(new Set(tested).size).toBe(tested.length)
    expect(tested.length).toBe(182)
    for (const { test } of made) expect(Math.abs(test.length - 36.4)).toBeLessThan(1)
  })

  it('never part a scaffold', () => {
    const rows = rowsOf(300)
    const made = folds(rows, 'scaffold', 4)
    const keys = made.map(({ test }) => new Set(test.map(i => rows.scaffold[i])))
    expect(keys.reduce((sum, part) => sum + part.size, 0)).toBe(40)
  })

  it('are refused where there are too few groups, and for splits that name their test rows', () => {
    const two = rowsOf(60, { scaffold: Array.from({ length: 60 }, (_, i) => (i < 30 ? 'a' : 'b')) })
    expect(codeOf(() => makeSplit(two, 'scaffold', 1, { index: 3, of: 3 }))).toMatch('ERR_6003 2 group(s) of rows')
    expect(codeOf(() => makeSplit(rowsOf(60), 'column', 1, { index: 1, of: 5 }))).toMatch('ERR_6003 A column split')
  })
})

describe('column split', () => {
  const names = (...parts: [string | null, number][]) => {
    const splitValue = parts.flatMap(([name, n]) => new Array<string | null>(n).fill(name))
    return rowsOf(splitValue.length, { splitValue })
  }

  it('takes the parts as they are named, in any case', () => {
    const split = makeSplit(names([' Train', 20], ['VALID', 9], ['test', 5]), 'column', 1)
    expect(split.validationGiven).toBe(true)
    expect(split.train).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(split.validation).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28])
    expect(split.test).toEqual([29, 30, 31, 32, 33])
  })

  it('carves a missing validation part from training, never from the test part', () => {
    const rows = names(['test', 30], ['train', 80])
    for (const seed of [1, 2, 3]) {
      const split = makeSplit(rows, 'column', seed)
      expectPartition(split, 110)
      expect(split.test).toEqual(Array.from({ length: 30 }, (_, i) => i))
      expect(split.validation).toHaveLength(10)
      expect(split.validationGiven).toBe(false)
    }
  })

  it('refuses other values by name', () => {
    const code = (...parts: [string | null, number][]) => codeOf(() => makeSplit(names(...parts), 'column', 1))
    expect(code(['train', 30], ['test', 5], ['holdout', 1])).toBe(
      'ERR_6003 The split column must say train, validation or test, found "holdout"',
    )
    expect(code(['train', 30], ['test', 5], [null, 1])).toMatch(/^ERR_6003 .* found \(empty\)$/)
    expect(code([null, 40])).toMatch('ERR_6003 The data set has no split column')
    expect(code(['train', 40])).toBe('ERR_6003 No row of the split column says "test"')
    expect(code(['train', 40], ['valid', 3], ['test', 5])).toMatch('3 exactly measured rows in the validation part')
  })
})

describe('folds', () => {
  it('leave out disjoint rows, first the split’s own, and never touch the test part', () => {
    const rows = rowsOf(160)
    const split = makeSplit(rows, 'random', 7)
    const folds = makeFolds(rows, split, 5)
    expect(folds[0]).toEqual({ train: split.train, validation: split.validation })
    const left = folds.flatMap(fold => fold.validation)
    expect(new Set(left).size).toBe(left.length)
    for (const { train, validation } of folds) {
      expect([...train, ...validation, ...split.test].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 160 }, (_, i) => i),
      )
    }
  })

  it('respect scaffolds', () => {
    const rows = rowsOf(300)
    const folds = makeFolds(rows, makeSplit(rows, 'scaffold', 7), 4)
    for (const { train, validation } of folds) {
      const trained = new Set(train.map(i => rows.scaffold[i]))
      for (const row of validation) expect(trained.has(rows.scaffold[row]!)).toBe(false)
    }
  })

  it('start over where the rows run out', () => {
    const rows = rowsOf(30)
    expect(makeFolds(rows, makeSplit(rows, 'random', 7), 8).every(fold => fold.validation.length === 9)).toBe(true)
  })

  it('are all the given one where the data set names its validation rows', () => {
    const splitValue = [...new Array(20).fill('train'), ...new Array(10).fill('valid'), ...new Array(10).fill('test')]
    const rows = rowsOf(40, { splitValue })
    const split = makeSplit(rows, 'column', 7)
    for (const fold of makeFolds(rows, split, 3)) expect(fold.validation).toEqual(split.validation)
  })
})
