/** Whether a model may be believed about a compound, in words. */

export type Domain = 'inside' | 'edge' | 'outside'

/** Largest distances that still count as inside and as the edge. */
export const DOMAIN_LIMITS = { inside: 0.5, edge: 0.7 } as const

/**
 * How far a compound is from what the model was trained on, in words. `distance` is 1 − the highest Tanimoto similarity to a
 * training compound, which orders prediction errors well (Sheridan et al., J. Chem. Inf. Comput. Sci. 2004, 44, 1912). The two
 * limits are ours: similarity 0.5 and 0.3.
 */
export function domainOf(distance: number): Domain {
  if (distance <= DOMAIN_LIMITS.inside) return 'inside'
  return distance <= DOMAIN_LIMITS.edge ? 'edge' : 'outside'
}
