/**
 * Rows that share a scaffold, in order of their first row. Molecules without rings share the empty scaffold; a row whose scaffold
 * is not known (`null`) stands alone.
 */
export function scaffoldGroups(scaffold: readonly (string | null)[], rows: readonly number[]): number[][] {
  const groups: number[][] = []
  const byKey = new Map<string, number[]>()
  for (const row of rows) {
    const key = scaffold[row] ?? null
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
