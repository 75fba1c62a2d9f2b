import { expect, it } from 'vitest'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { familiesOf, newestVersion } from './families.ts'

const dataset = (id: string, familyId: string, version: number, usedBy = 0): Dataset =>
  ({ id, familyId, version, usedBy }) as unknown as Dataset

const all = {
  a1: dataset('a1', 'a1', 1, 2),
  a3: dataset('a3', 'a1', 3, 1),
  a2: dataset('a2', 'a1', 2),
  b1: dataset('b1', 'b1', 1),
}

it('shows the newest version of each family, with what was made of all', () => {
  const families = familiesOf(all).map(({ id, versions, usedBy }) => [id, versions, usedBy])
  expect(families.sort()).toEqual([
    ['a3', 3, 3],
    ['b1', 1, 0],
  ])
})

it('finds the newest version', () => {
  expect(newestVersion(all, all.a1).id).toBe('a3')
  expect(newestVersion(all, all.b1).id).toBe('b1')
})
