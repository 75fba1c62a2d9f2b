/**
 * Rows that share a key (a scaffold, a cluster), in order of their first row. Molecules without rings share the empty scaffold; a row
 * whose key is not known (`null`) stands alone.
 */
export function groupsByKey(keyOf: ArrayLike<string | number | null>, rows: readonly number[]): number[][] {
  const groups: number[][] = []
  const byKey = new Map<string | number, number[]>()
  for (const row of rows) {
    const key = keyOf[row] ?? null
    const known = key === null ? undefined : byKey.get(key)
    if (known) {
      known.push(row)
      continue
    }
    const group = [row]
    groups.push(group)
    if (key !== null) byKey.set(key, group)
  }
  return groups
}
