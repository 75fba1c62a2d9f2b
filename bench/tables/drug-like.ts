/** Different drug-like molecules by number: amides of acids and amines with substituents, at least 25 heavy atoms in the median. */

const SUBSTITUENTS = [
  'F',
  'Cl',
  'OC',
  'C(F)(F)F',
  'C#N',
  'CC',
  'S(C)(=O)=O',
  'OCC',
  'N(C)C',
  'C(=O)OC',
  'C(C)C',
  'OC(F)F',
]
/** Rings with a place for the rest of the molecule at their first atom; none is its own mirror image. */
const RINGS = [
  (a: string, b: string, rest: string) => `c1(${rest})cc(${a})c(${b})cc1`,
  (a: string, b: string, rest: string) => `c1(${rest})cc(${a})cc(${b})n1`,
  (a: string, b: string, rest: string) => `c1(${rest})nc(${a})nc(${b})c1`,
  (a: string, b: string, rest: string) => `c1(${rest})c(${a})c2cc(${b})ccc2[nH]1`,
]
const LINKERS = [
  'CC(=O)N',
  'C(=O)N2CCN(CC2)',
  'CCC(=O)NC',
  'C(=O)NC2CCN(CC2)C',
  'OCC(=O)NCC',
  'C(=O)N2CCC(CC2)O',
  'CSCC(=O)N',
]
/** How many there are. */
export const COMBINATIONS = SUBSTITUENTS.length ** 4 * RINGS.length ** 2 * LINKERS.length
/** Shares no factor with the number of combinations, so that steps of it visit each once. */
const STRIDE = 104_729

/** SMILES of the molecule of that number, below `COMBINATIONS`; its digits pick the parts. */
export function structureOf(row: number): string {
  let rest = (row * STRIDE) % COMBINATIONS
  const pick = <T>(parts: readonly T[]): T => {
    const part = parts[rest % parts.length]!
    rest = Math.floor(rest / parts.length)
    return part
  }
  const [a, b, c, d] = [pick(SUBSTITUENTS), pick(SUBSTITUENTS), pick(SUBSTITUENTS), pick(SUBSTITUENTS)]
  const right = pick(RINGS)(c, d, '').replace('()', '').replaceAll('2', '4').replaceAll('1', '3')
  return pick(RINGS)(a, b, pick(LINKERS) + right)
}
