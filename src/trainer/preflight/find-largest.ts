/**
 * The largest size that fits: doubled until one does not, then halved in between. `fits` is asked in rising order first, once a size.
 *
 * @returns 0 where not even `from` fits.
 */
export async function findLargest(options: {
  from: number
  to: number
  fits(size: number): Promise<boolean>
}): Promise<number> {
  const { to, fits } = options
  let largest = 0
  let refused = to + 1
  for (let size = Math.min(options.from, to); ; size = Math.min(2 * size, to)) {
    if (!(await fits(size))) {
      refused = size
      break
    }
    largest = size
    if (size === to) return largest
  }
  // As finely as an eighth: what lies between is not worth its steps.
  while (refused - largest > Math.max(1, largest / 8) && largest > 0) {
    const middle = (largest + refused) >> 1
    if (await fits(middle)) largest = middle
    else refused = middle
  }
  return largest
}
