import type { SplitKind } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { carveFolds, chooseGroups, dealFold, groupRows, MINIMUM_ROWS, TEST_FRACTION } from './carve.ts'
import { columnParts } from './column.ts'
import { newestRows } from './time.ts'

/** What a split looks at, in row order. */
export interface SplitRows {
  /** −1 and +1 mark rows that are known as bounds only; they are trained on, but measure and calibrate nothing. */
  readonly bound: ArrayLike<number>
  readonly splitValue: readonly (string | null)[]
  readonly scaffold: readonly (string | null)[]
  /** Cluster of each row; needed for a cluster split only. */
  readonly cluster?: ArrayLike<number | null>
  /** As far as it is known: `2019`, `2019-03`, `2019-03-14`; needed for a split by time only. */
  readonly date?: readonly (string | null)[]
}

/** Which of several test parts is meant, counted from 1: together they test every exactly measured row once. */
export interface SplitFold {
  readonly index: number
  readonly of: number
}

/** Explicit row indices, ascending; the parts are disjoint and hold every row. */
export interface Split {
  readonly kind: SplitKind
  readonly seed: number
  readonly train: readonly number[]
  readonly validation: readonly number[]
  readonly test: readonly number[]
  /** The data set itself names the validation rows: then no model of the run trains on them. */
  readonly validationGiven: boolean
  readonly fold?: SplitFold
}

/** The training and validation rows of one member of an ensemble. */
export interface Fold {
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/**
 * Divides the rows into training, validation and test parts. The test part never depends on how validation is carved, and
 * validation is only ever carved from the rest.
 *
 * - `column`: as the data set's split column says
 * - `random`: a fifth of the exactly measured rows, drawn by the seed
 * - `scaffold`: whole groups of one Murcko scaffold (Bemis and Murcko 1996), so that no test compound has a training compound's
 *   scaffold; groups too large for half a test part stay in training, as in Chemprop's balanced split (Yang et al. 2019)
 * - `cluster`: the same with clusters of similar compounds, so that few test compounds have a close analogue in training
 * - `time`: the newest fifth, whole dates of it; validation rows are drawn by the seed from what is older
 *
 * With a `fold` the test part is that one of k, not a fifth; not for `column` and `time`, which name their test rows.
 *
 * Throws ERR_6001 (too few rows, says how many are needed) and ERR_6003 (this split cannot be made of these rows).
 */
export function makeSplit(rows: SplitRows, kind: SplitKind, seed: number, fold?: SplitFold): Split {
  if (fold !== undefined && (kind === 'column' || kind === 'time')) {
    throw new AppError('ERR_6003', `A ${kind} split has one test part and no folds; choose random, scaffold or cluster`)
  }
  const given = kind === 'column' ? columnParts(rows.splitValue) : drawTest(rows, kind, { seed, fold })
  const validationGiven = given.validation.length > 0
  const drawn = { kind, seed, test: given.test, validationGiven, ...(fold === undefined ? {} : { fold }) }
  if (validationGiven) return checkSizes(rows, { ...drawn, train: given.development, validation: given.validation })
  checkDevelopment(rows, given.development)
  const [first] = foldsOf(rows, given.development, { kind, seed, count: 1 })
  return checkSizes(rows, { ...drawn, ...first! })
}

/**
 * Folds for the members of an ensemble, the first being the split's own. Each member leaves out other rows, so that together
 * they predict rows that they have not seen (cross-conformal calibration, Vovk 2015; CV+, Barber et al. 2021). Where the data set
 * names its validation rows every fold is that one.
 */
export function makeFolds(rows: SplitRows, split: Split, count: number): Fold[] {
  const { kind, seed, train, validation } = split
  if (split.validationGiven) return Array.from({ length: count }, () => ({ train, validation }))
  return foldsOf(rows, developmentRows(split), { kind, seed, count })
}

/** All rows that may be learned from, ascending: validation rows too, unless the data set itself names them. */
export function developmentRows({ train, validation, validationGiven }: Split): number[] {
  return [...train, ...(validationGiven ? [] : validation)].sort((a, b) => a - b)
}

function foldsOf(
  rows: SplitRows,
  development: readonly number[],
  options: { kind: SplitKind; seed: number; count: number },
): Fold[] {
  return carveFolds(rows, development, options).map(fold => {
    const left = new Set(fold)
    return { train: development.filter(row => !left.has(row)), validation: fold.toSorted((a, b) => a - b) }
  })
}

function drawTest(
  rows: SplitRows,
  kind: Exclude<SplitKind, 'column'>,
  { seed, fold }: { seed: number; fold: SplitFold | undefined },
) {
  const all = rows.scaffold.map((_, row) => row)
  const exact = all.filter(row => rows.bound[row] === 0).length
  const needed = Math.ceil((MINIMUM_ROWS.train + MINIMUM_ROWS.validation) / (1 - TEST_FRACTION))
  if (exact < needed) throw tooFew(`${exact} exactly measured rows`, { needed, found: exact })
  const target = Math.round(exact * TEST_FRACTION)
  const drawGroups = (): readonly number[] => {
    const carving = { kind, seed, stream: fold === undefined ? 'test' : `fold of ${fold.of}` }
    const groups = groupRows(rows, all, kind)
    const chosen = fold === undefined ? chooseGroups(groups, target, carving) : dealFold(groups, fold, carving)
    return chosen.flatMap(group => group.rows)
  }
  const test = (kind === 'time' ? newestRows(rows, target) : drawGroups()).toSorted((a, b) => a - b)
  const tested = new Set(test)
  return { development: all.filter(row => !tested.has(row)), validation: [], test }
}

function checkDevelopment(rows: SplitRows, development: readonly number[]): void {
  const found = development.filter(row => rows.bound[row] === 0).length
  const needed = MINIMUM_ROWS.train + MINIMUM_ROWS.validation
  if (found < needed) throw tooFew(`${found} exactly measured rows to train and validate on`, { needed, found })
}

function checkSizes(rows: SplitRows, split: Split): Split {
  for (const part of ['train', 'validation', 'test'] as const) {
    const found = split[part].filter(row => rows.bound[row] === 0).length
    const needed = MINIMUM_ROWS[part]
    if (found < needed) throw tooFew(`${found} exactly measured rows in the ${part} part`, { needed, found })
  }
  return split
}

function tooFew(what: string, details: { needed: number; found: number }): AppError {
  return new AppError('ERR_6001', `Too little data: ${what}, at least ${details.needed} are needed`, { details })
}
