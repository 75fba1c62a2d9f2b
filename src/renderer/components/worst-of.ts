interface Judged {
  part: 'validation' | 'test'
  measured: number
  predicted: number
}

/** The test compounds with the largest errors, largest first. */
export function worstOf<Point extends Judged>(points: readonly Point[], count: number): Point[] {
  const error = (point: Point): number => Math.abs(point.predicted - point.measured)
  return points
    .filter(point => point.part === 'test')
    .sort((a, b) => error(b) - error(a))
    .slice(0, count)
}
