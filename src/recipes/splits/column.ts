import { AppError } from '../../shared/errors.ts'

const PART_OF: Record<string, 'train' | 'validation' | 'test' | undefined> = {
  train: 'train',
  training: 'train',
  valid: 'validation',
  val: 'validation',
  validation: 'validation',
  test: 'test',
}

/** Reads one value of a split column; `null` where it names no part. Case and surrounding blanks do not matter. */
export function parsePart(value: string | null): 'train' | 'validation' | 'test' | null {
  const key = value?.trim().toLowerCase() ?? ''
  return Object.hasOwn(PART_OF, key) ? PART_OF[key]! : null
}

/** The parts a split column names, ascending row indices. ERR_6003 names the values that are no part. */
export function columnParts(values: readonly (string | null)[]) {
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] }
  const unknown = new Map<string, number>()
  for (const [row, value] of values.entries()) {
    const part = parsePart(value)
    if (part) parts[part].push(row)
    else unknown.set(value === null ? '(empty)' : `"${value}"`, row)
  }
  if (unknown.size === 1 && unknown.has('(empty)') && parts.train.length === 0) {
    throw new AppError('ERR_6003', 'The data set has no split column; choose a random or a scaffold split')
  }
  if (unknown.size > 0) {
    const names = [...unknown.keys()].slice(0, 5)
    throw new AppError('ERR_6003', `The split column must say train, validation or test, found ${names.join(', ')}`, {
      details: { values: names, row: [...unknown.values()][0]! },
    })
  }
  for (const part of ['train', 'test'] as const) {
    if (parts[part].length === 0) throw new AppError('ERR_6003', `No row of the split column says "${part}"`)
  }
  return { development: parts.train, validation: parts.validation, test: parts.test }
}
