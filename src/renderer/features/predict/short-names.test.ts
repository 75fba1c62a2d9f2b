import { expect, test } from 'vitest'
import { shortNames } from './short-names.ts'

test.each([
  [
    ['Thrombin · dmpnn', 'Thrombin · tanimoto-gp'],
    ['dmpnn', 'tanimoto-gp'],
  ],
  [
    ['Thrombin', 'Thrombin mild'],
    ['Thrombin', 'Thrombin mild'],
  ],
  [
    ['A x', 'B x'],
    ['A x', 'B x'],
  ],
  [
    ['Same name', 'Same name'],
    ['Same name', 'Same name'],
  ],
  [['Only one'], ['Only one']],
  [[], []],
])('%j become %j', (names, short) => {
  expect(shortNames(names)).toEqual(short)
})
