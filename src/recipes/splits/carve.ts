import type { SplitKind } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { randomPermutation } from '../../tensor/random.ts'
import { groupsByKey } from './groups.ts'
import type { SplitFold, SplitRows } from './split.ts'

/** Exactly measured rows a part must have. Nine is the least from which a 90 % conformal interval follows. */
export const MINIMUM_ROWS = { train: 10, validation: 9, test: 1 } as const
export const TEST_FRACTION = 0.2
/** Of the rows that are not tested on. */
export const VALIDATION_FRACTION = 0.125

/** Rows that stay together. A group weighs as many rows as were measured exactly: bounds measure nothing, so they train. */
export interface RowGroup {
  readonly rows: readonly number[]
  readonly weight: number
}

export interface Carving {
  readonly kind: SplitKind
  readonly seed: number
  /** Names the draw, so that each draw of a run has its own random order. */
  readonly stream: string
}

/** Groups of rows for a kind of split: one scaffold or cluster each, or one row each. */
export function groupRows(rows: SplitRows, members: readonly number[], kind: SplitKind): RowGroup[] {
  const key = groupKeyOf(rows, kind)
  const groups = key === null ? members.map(row => [row]) : groupsByKey(key, members)
  return groups.map(group => ({ rows: group, weight: group.filter(row => rows.bound[row] === 0).length }))
}

function groupKeyOf(rows: SplitRows, kind: SplitKind): ArrayLike<string | number | null> | null {
  if (kind === 'scaffold') return rows.scaffold
  if (kind !== 'cluster') return null
  if (rows.cluster === undefined) throw new Error('a cluster split needs the clusters of the rows')
  return rows.cluster
}

/**
 * One of `of` parts that are as equal in weight as whole groups allow; together they hold every exactly measured row once. The heaviest
 * groups are dealt out first, to the lightest part; equal ones in random order. ERR_6003 where a part would be empty.
 */
export function dealFold(groups: readonly RowGroup[], { index, of }: SplitFold, { seed, stream }: Carving): RowGroup[] {
  const usable = groups.filter(group => group.weight > 0)
  const shuffled = [...randomPermutation({ seed, stream, step: 0 }, usable.length)].map(i => usable[i]!)
  const parts = Array.from({ length: of }, () => ({ weight: 0, groups: [] as RowGroup[] }))
  for (const group of shuffled.sort((a, b) => b.weight - a.weight)) {
    const lightest = parts.reduce((least, part) => (part.weight < least.weight ? part : least))
    lightest.weight += group.weight
    lightest.groups.push(group)
  }
  const chosen = parts[index - 1]?.groups ?? []
  if (usable.length >= of && chosen.length > 0) return chosen
  throw new AppError(
    'ERR_6003',
    `${usable.length} group(s) of rows cannot make ${of} folds; choose fewer, or another split`,
    {
      details: { groups: usable.length, folds: of },
    },
  )
}

/**
 * Chooses whole groups in random order until they weigh about `target`, never more unless the lightest group alone does. Groups
 * above half the target come last, the lightest first, so that a few large ones cannot make up a part. ERR_6003 where nothing can
 * be chosen without taking more than half.
 */
export function chooseGroups(groups: readonly RowGroup[], target: number, { seed, stream }: Carving): RowGroup[] {
  const usable = groups.filter(group => group.weight > 0)
  const order = [...randomPermutation({ seed, stream, step: 0 }, usable.length)].map(i => usable[i]!)
  const isLarge = (group: RowGroup) => group.weight > Math.max(1, target / 2)
  const large = order.filter(isLarge).sort((a, b) => a.weight - b.weight)
  const chosen: RowGroup[] = []
  let weight = 0
  for (const group of [...order.filter(group => !isLarge(group)), ...large]) {
    if (weight + group.weight > target) continue
    chosen.push(group)
    weight += group.weight
  }
  const total = usable.reduce((sum, group) => sum + group.weight, 0)
  if (chosen.length === 0 && large[0] && large[0].weight <= total / 2) chosen.push(large[0])
  if (chosen.length > 0) return chosen
  throw new AppError('ERR_6003', `${total} rows in ${usable.length} group(s) cannot be parted; choose another split`, {
    details: { rows: total, groups: usable.length },
  })
}

/**
 * Validation parts of the rows that may be trained on, disjoint as long as there are rows for it. The first does not depend on
 * how many are made.
 */
export function carveFolds(
  rows: SplitRows,
  development: readonly number[],
  { kind, seed, count }: { kind: SplitKind; seed: number; count: number },
): number[][] {
  const exact = development.filter(row => rows.bound[row] === 0).length
  const target = Math.max(MINIMUM_ROWS.validation, Math.round(exact * VALIDATION_FRACTION))
  const all = groupRows(rows, development, kind)
  let left = all
  return Array.from({ length: count }, (_, fold) => {
    if (left.reduce((sum, group) => sum + group.weight, 0) < target) left = all
    const chosen = chooseGroups(left, target, { kind, seed, stream: `validation ${fold}` })
    const taken = new Set(chosen)
    left = left.filter(group => !taken.has(group))
    return chosen.flatMap(group => group.rows)
  })
}
