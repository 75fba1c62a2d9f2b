/**
 * Typed arrays for work within one call, lent again at the next: making one of more than 64 bytes costs half a microsecond, which is
 * most of what a small molecule's fingerprint would cost. Nothing that outlives the call may be kept in one.
 */
export function createScratch<A extends { readonly length: number }>(
  make: (length: number) => A,
): (length: number) => A {
  let held = make(256)
  /** At least `length` long, with whatever the last call left in it. */
  return length => {
    if (held.length < length) held = make(2 * length)
    return held
  }
}
