import type { SplitKind } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { carveFolds, chooseGroups, groupRows, MINIMUM_ROWS, TEST_FRACTION } from './carve.ts'
import { columnParts } from './column.ts'

/** What a split looks at, in row order. */
export interface SplitRows {
  /** −1 and +1 mark rows that are known as bounds only; they are trained on, but measure and calibrate nothing. */
  readonly bound: ArrayLike<number>
  readonly splitValue: readonly (string | null)[]
  readonly scaffold: readonly (string | null)[]
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
 *
 * Throws ERR_6001 (too few rows, says how many are needed) and ERR_6003 (this split cannot be made of these rows).
 */
export function makeSplit(rows: SplitRows, kind: SplitKind, seed: number): Split {
  const given = kind === 'column' ? columnParts(rows.splitValue) : drawTest(rows, kind, seed)
  const validationGiven = given.validation.length > 0
  const drawn = { kind, seed, test: given.test, validationGiven }
  if (validationGiven) return checkSizes(rows, { ...drawn, train: given.development, validation: given.validation })
  checkDevelopment(rows, given.development)
  const [fold] = foldsOf(rows, given.development, { kind, seed, count: 1 })
  return checkSizes(rows, { ...drawn, ...fold! })
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

function drawTest(rows: SplitRows, kind: 'random' | 'scaffold', seed: number) {
  const all = rows.scaffold.map((_, row) => row)
  const exact = all.filter(row => rows.bound[row] === 0).length
  const needed = Math.ceil((MINIMUM_ROWS.train + MINIMUM_ROWS.validation) / (1 - TEST_FRACTION))
  if (exact < needed) throw tooFew(`${exact} exactly measured rows`, { needed, found: exact })
  const chosen = chooseGroups(groupRows(rows, all, kind), Math.round(exact * TEST_FRACTION), {
    kind,
    seed,
    stream: 'test',
  })
  const test = chosen.flatMap(group => group.rows).sort((a, b) => a - b)
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
