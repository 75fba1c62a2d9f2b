import { type Component, componentsOf } from './components.ts'
import type { Molecule } from './molecule.ts'

/** Why a structure is refused. The page translates these. */
export const REFUSALS = {
  empty: 'structure.empty',
  tooLong: 'structure.tooLong',
  notSmiles: 'structure.notSmiles',
  unparsable: 'structure.unparsable',
  placeholder: 'structure.placeholder',
  inorganic: 'structure.inorganic',
  mixture: 'structure.mixture',
  tooLarge: 'structure.tooLarge',
} as const

/** How an accepted structure differs from what was given. */
export const CHANGES = {
  /** A CXSMILES extension after the SMILES was not read. */
  extensionDropped: 'structure.extensionDropped',
  fragmentRemoved: 'structure.fragmentRemoved',
  copyRemoved: 'structure.copyRemoved',
  neutralised: 'structure.neutralised',
} as const

export type RefusalRule = (typeof REFUSALS)[keyof typeof REFUSALS]
export type ChangeRule = (typeof CHANGES)[keyof typeof CHANGES]

export interface Refusal {
  readonly rule: RefusalRule
  /** What was expected and what was found. */
  readonly message: string
}

/** Larger ones are peptides, conjugates and errors, outside what the models are made for. */
export const MAX_HEAVY_ATOMS = 128

/** What a component is called and whether it is a usual partner of drugs; the toolkit that writes SMILES knows. */
export interface ComponentName {
  readonly smiles: string
  readonly isCounterIon: boolean
}

export interface FragmentChoice {
  /** Position of the kept component in `componentsOf(molecule)`. */
  readonly kept: number
  /** Positions of the others, in order. */
  readonly removed: readonly number[]
  readonly changes: readonly ChangeRule[]
}

/**
 * Which component of a structure was measured: the largest one with carbon that is not a usual counter-ion or solvent. Copies
 * of it (a 2:1 salt) are one. Two different candidates of comparable size are a mixture, and no guess is made.
 *
 * `names` belongs to `componentsOf(molecule)`, position by position.
 */
export function selectFragment(
  molecule: Molecule,
  names: readonly ComponentName[],
): { choice: FragmentChoice } | { refusal: Refusal } {
  if (molecule.atomCount === 0) return refuse(REFUSALS.empty, 'expected a structure, got none')
  const placeholder = molecule.atomicNumber.indexOf(0)
  if (placeholder >= 0)
    return refuse(REFUSALS.placeholder, `atom ${placeholder + 1} is a placeholder (*, R), not an element`)

  const components = componentsOf(molecule)
  const organic = [...components.keys()].filter(k => components[k]!.hasCarbon)
  if (organic.length === 0) return refuse(REFUSALS.inorganic, 'expected an organic structure, found no carbon atom')
  const active = organic.filter(k => !names[k]!.isCounterIon)
  const candidates = (active.length > 0 ? active : organic).sort((a, b) => preference(components[a]!, components[b]!))
  const kept = candidates[0]!

  const rival = candidates.find(k => names[k]!.smiles !== names[kept]!.smiles)
  if (rival !== undefined && 2 * components[rival]!.heavyAtoms > components[kept]!.heavyAtoms) {
    const sizes = `${components[kept]!.heavyAtoms} and ${components[rival]!.heavyAtoms}`
    return refuse(
      REFUSALS.mixture,
      `two different organic components of ${sizes} heavy atoms; which was measured is not known`,
    )
  }
  const { heavyAtoms } = components[kept]!
  if (heavyAtoms > MAX_HEAVY_ATOMS) {
    return refuse(REFUSALS.tooLarge, `expected at most ${MAX_HEAVY_ATOMS} heavy atoms, got ${heavyAtoms}`)
  }
  const removed = [...components.keys()].filter(k => k !== kept)
  return { choice: { kept, removed, changes: changesOf(removed, kept, names) } }
}

function changesOf(removed: readonly number[], kept: number, names: readonly ComponentName[]): ChangeRule[] {
  const changes: ChangeRule[] = []
  if (removed.some(k => names[k]!.smiles !== names[kept]!.smiles)) changes.push(CHANGES.fragmentRemoved)
  if (removed.some(k => names[k]!.smiles === names[kept]!.smiles)) changes.push(CHANGES.copyRemoved)
  return changes
}

/** Larger first, then heavier; equal ones keep their order. */
function preference(a: Component, b: Component): number {
  return b.heavyAtoms - a.heavyAtoms || b.mass - a.mass
}

function refuse(rule: RefusalRule, message: string): { refusal: Refusal } {
  return { refusal: { rule, message } }
}
