/** Which row a key leads to, or `null` where the key does not move. */
export function rowStep(key: string, active: number, rowCount: number, pageRows: number): number | null {
  if (rowCount === 0) return null
  const last = rowCount - 1
  const clamp = (index: number): number => Math.min(last, Math.max(0, index))
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamp(active + 1)
    case 'ArrowUp':
    case 'k':
      return clamp(active < 0 ? last : active - 1)
    case 'PageDown':
      return clamp(active + pageRows)
    case 'PageUp':
      return clamp(active - pageRows)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
