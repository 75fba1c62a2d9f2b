/** Contributions of atoms, made ready to be drawn and listed. Pure. */

/** Below this many log units a contribution is not worth a full colour, however small the others are. */
const LEAST_SCALE = 0.3

/** Weights −1 to 1 for the drawing, and the contribution that has the full colour. */
export function drawnWeights(contributions: readonly number[]): { weights: number[]; scale: number } {
  const scale = Math.max(LEAST_SCALE, ...contributions.map(Math.abs))
  return { weights: contributions.map(value => value / scale), scale }
}

/** The atoms that matter most, whichever way; without those that do not. */
export function strongest(contributions: readonly number[], count: number): { atom: number; value: number }[] {
  return contributions
    .map((value, atom) => ({ atom, value }))
    .filter(({ value }) => Math.abs(value) >= 0.005)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.atom - b.atom)
    .slice(0, count)
}

/** Element symbols of a canonical SMILES in its order of atoms, hydrogens and charges left out: `Cl`, `N`, `C`. */
export function atomNames(smiles: string): string[] {
  const found = smiles.match(/\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]/g) ?? []
  return found.map(text => {
    const symbol = text.startsWith('[') ? (/^\[\d*([A-Z][a-z]?|[a-z]{1,2})/.exec(text)?.[1] ?? '?') : text
    return symbol.charAt(0).toUpperCase() + symbol.slice(1)
  })
}
