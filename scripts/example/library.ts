/**
 * The building blocks of the simulated assay: scaffolds with three places, and what can stand there. They are common medicinal
 * chemistry fragments, put together by enumeration; no compound is taken from a publication or a database.
 *
 * SMILES fragments use ring numbers 1–3 in scaffolds and 7–9 in groups, so that they can be pasted into each other.
 */

/** `{A}` takes an aryl amine, `{B}` a small substituent, `{C}` a side chain that reaches into solvent. */
export interface Scaffold {
  name: string
  template: string
  /** pKi of the scaffold with neutral groups. */
  base: number
}

export interface Group {
  smiles: string
  /** Contribution to pKi. */
  gain: number
  /** Hansch-like lipophilicity of the group, in log units. */
  pi: number
  /** An aryl amine with a substituent next to the amine: it stands across the scaffold's plane. */
  ortho?: true
  /** Takes the room that an ortho-substituted ring turns into. */
  bulky?: true
  /** A protonated amine at pH 7. */
  basic?: true
  /** Accepts a hydrogen bond beside the side chain. */
  acceptor?: true
  /** Donates one hydrogen bond back to it. */
  donor?: true
}

export const SCAFFOLDS: readonly Scaffold[] = [
  { name: 'quinazoline', template: 'c1nc({A})c2cc({B})c({C})cc2n1', base: 6.6 },
  { name: 'pyridopyrimidine', template: 'c1nc({A})c2cc({B})c({C})nc2n1', base: 6.9 },
  { name: 'thienopyrimidine', template: 'c1nc({A})c2c({B})c({C})sc2n1', base: 6.0 },
  { name: 'quinoline', template: 'c1cc({A})c2cc({B})c({C})cc2n1', base: 5.7 },
  { name: 'phthalazine', template: 'c1nnc({A})c2cc({B})c({C})cc12', base: 5.7 },
  { name: 'isoquinolinone', template: 'O=c1[nH]cc({A})c2cc({B})c({C})cc12', base: 6.2 },
]

export const GROUPS_A: readonly Group[] = [
  { smiles: 'Nc7ccccc7', gain: 0, pi: 1.0 },
  { smiles: 'Nc7cccc(F)c7', gain: 0.25, pi: 1.1 },
  { smiles: 'Nc7cccc(Cl)c7', gain: 0.75, pi: 1.7 },
  { smiles: 'Nc7cccc(Br)c7', gain: 0.9, pi: 1.9 },
  { smiles: 'Nc7cccc(C#C)c7', gain: 1.1, pi: 1.4 },
  { smiles: 'Nc7ccc(F)c(Cl)c7', gain: 1.0, pi: 1.8 },
  { smiles: 'Nc7ccc(OC)cc7', gain: -0.7, pi: 1.0 },
  { smiles: 'Nc7ccc(C(F)(F)F)cc7', gain: -0.9, pi: 1.9 },
  { smiles: 'Nc7ccccc7F', gain: 0.15, pi: 1.1, ortho: true },
  { smiles: 'Nc7ccccc7C', gain: 0.35, pi: 1.5, ortho: true },
  { smiles: 'Nc7ccc(Br)cc7F', gain: 0.6, pi: 2.0, ortho: true },
  { smiles: 'NCc7ccccc7', gain: -0.5, pi: 1.2 },
  { smiles: 'Nc7cnccc7', gain: -0.3, pi: -0.2 },
  { smiles: 'Nc7ccc8[nH]ncc8c7', gain: 0.8, pi: 0.7 },
]

export const GROUPS_B: readonly Group[] = [
  { smiles: '[H]', gain: 0, pi: 0 },
  { smiles: 'F', gain: 0.2, pi: 0.1 },
  { smiles: 'Cl', gain: 0.1, pi: 0.7 },
  { smiles: 'C', gain: -0.2, pi: 0.5 },
  { smiles: 'OC', gain: 0.5, pi: 0, acceptor: true },
  { smiles: 'OCC', gain: 0.3, pi: 0.4, acceptor: true, bulky: true },
  { smiles: 'C#N', gain: -0.6, pi: -0.6 },
  { smiles: 'C(F)(F)F', gain: -0.5, pi: 0.9, bulky: true },
  { smiles: 'C(C)C', gain: -0.6, pi: 1.3, bulky: true },
  { smiles: 'C(=O)N', gain: 0.4, pi: -1.5, acceptor: true },
]

export const GROUPS_C: readonly Group[] = [
  { smiles: '[H]', gain: -0.4, pi: 0 },
  { smiles: 'OC', gain: 0, pi: 0 },
  { smiles: 'OCCOC', gain: 0.5, pi: -0.2 },
  { smiles: 'OCCCN7CCOCC7', gain: 0.9, pi: -0.3 },
  { smiles: 'OCCN7CCN(C)CC7', gain: 0.6, pi: -0.5, basic: true },
  { smiles: 'N7CCN(C)CC7', gain: 0.3, pi: -0.2, basic: true },
  { smiles: 'N7CCOCC7', gain: 0.2, pi: -0.1 },
  { smiles: 'NCCO', gain: 0.1, pi: -0.9, donor: true },
  { smiles: 'NC(=O)C', gain: 0, pi: -0.9, donor: true },
  { smiles: 'NC(=O)C=C', gain: 1.2, pi: -0.4, donor: true },
  { smiles: 'c7ccncc7', gain: -0.3, pi: 0.5 },
  { smiles: 'S(=O)(=O)C', gain: -0.5, pi: -1.6 },
]

export interface Compound {
  scaffold: Scaffold
  a: Group
  b: Group
  c: Group
}

export function compoundSmiles({ scaffold, a, b, c }: Compound): string {
  return scaffold.template.replace('{A}', a.smiles).replace('{B}', b.smiles).replace('{C}', c.smiles)
}

/** Every combination, in a fixed order. */
export function enumerateLibrary(): Compound[] {
  return SCAFFOLDS.flatMap(scaffold =>
    GROUPS_A.flatMap(a => GROUPS_B.flatMap(b => GROUPS_C.map(c => ({ scaffold, a, b, c })))),
  )
}
