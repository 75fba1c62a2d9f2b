import type { Compound } from './library.ts'

/** Standard deviation of the simulated measurement, pKi units: what a careful laboratory repeats (Kramer et al. 2012, J. Med. Chem. 55, 5165). */
export const NOISE_SD = 0.35

/**
 * The formula behind the simulated assay, pKi before noise: contributions of scaffold and groups add up, and four rules make the
 * landscape uneven the way real ones are.
 */
export function truePKi({ scaffold, a, b, c }: Compound): number {
  let pKi = scaffold.base + a.gain + b.gain + c.gain
  // Activity cliff: the turned ring and a bulky neighbour clash, so that one methyl can cost a factor of 40.
  if (a.ortho && b.bulky) pKi -= 1.6
  // The side chain folds back onto its neighbour and holds the bound shape.
  if (b.acceptor && c.donor) pKi += 0.8
  // The isoquinolinone's carbonyl attracts a protonated side chain out of the pocket.
  if (scaffold.name === 'isoquinolinone' && c.basic) pKi -= 0.9
  // Past an optimum, lipophilicity costs affinity (Hansch's parabola, the falling branch).
  const excess = Math.max(0, a.pi + b.pi + c.pi - 2)
  return pKi - 0.25 * excess ** 2
}
