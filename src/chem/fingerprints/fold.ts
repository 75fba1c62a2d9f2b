import type { SparseCounts } from './sparse-counts.ts'

/**
 * Writes a fingerprint into `out[offset, offset + width)`, which it zeroes first, as RDKit folds one (`GetMorganFingerprintAsBitVect`,
 * `GetFingerprint` and `GetCountFingerprint` of its generators, without count simulation): an environment belongs to the remainder of its
 * identifier. `bits`: 1 where any falls; `counts`: how many do.
 */
export function foldInto(
  { keys, counts }: SparseCounts,
  out: { fill(value: number, start: number, end: number): unknown; [index: number]: number },
  { offset, width, values }: { offset: number; width: number; values: 'bits' | 'counts' },
): void {
  out.fill(0, offset, offset + width)
  for (const [i, key] of keys.entries()) {
    const at = offset + (key % width)
    out[at] = values === 'bits' ? 1 : out[at]! + counts[i]!
  }
}
