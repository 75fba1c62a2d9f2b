import type { CommonChem, CommonChemAtom } from '../chem/common-chem.ts'
import { componentsOf } from '../chem/components.ts'
import { COUNTER_IONS } from '../chem/counter-ions.ts'
import { type Molecule, moleculeFromJson } from '../chem/molecule.ts'
import { protonChanges } from '../chem/neutralise.ts'
import {
  CHANGES,
  type ChangeRule,
  type ComponentName,
  REFUSALS,
  type Refusal,
  selectFragment,
} from '../chem/structure-rules.ts'
import { parseMolblockText } from './molblock-text.ts'
import { isPlainSmiles, parseSmilesText, type SmilesText } from './smiles-text.ts'
import { type RdkitMol, type Toolkit, ToolkitCrash } from './toolkit.ts'

/** What was made of a SMILES: the kept fragment, and what was done to get there. */
export interface Structure {
  /** Deleted when the reader's `use` returns. */
  readonly mol: RdkitMol
  readonly molecule: Molecule
  /** Canonical SMILES of the components left out. */
  readonly removed: readonly string[]
  readonly changes: readonly string[]
}

/** How a structure is written: SMILES, or a molblock with 2D or 3D coordinates. */
export type StructureFormat = 'smiles' | 'molblock'

export interface ReadOptions {
  readonly format?: StructureFormat
  readonly neutralise?: boolean
}

export type Outcome<T> = { value: T } | { refusal: Refusal }

/** Thrown inside `use` or by the reader: this structure is refused, by name and with a reason. */
export class RefusedError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

const PLAIN_SMILES = JSON.stringify({ doIsomericSmiles: false })

/** Reads one SMILES under the rules of `chem/structure-rules.ts`. */
export class StructureReader {
  readonly toolkit: Toolkit
  /** Made at the first structure of several components: it takes a third of the start of a process, and most tables have none. */
  #counterIons: ReadonlySet<string> | null = null

  constructor(toolkit: Toolkit) {
    this.toolkit = toolkit
  }

  /** Answers what `use` makes of the kept fragment, or why the structure was refused. */
  read<T>(text: string, options: ReadOptions, use: (structure: Structure) => T): Promise<Outcome<T>> {
    return this.#guard(() => {
      if (options.format !== 'molblock') return this.#readKept(text, options, [], use)
      // By way of its SMILES, so that one molecule has one key and the same features whichever way it was written.
      const { smiles, changes } = this.#smilesOfMolblock(text)
      return this.#readKept(smiles, options, changes, use)
    })
  }

  /**
   * The molecule of the kept fragment of each SMILES: what `read` hands on, for whoever needs nothing else of it. Goes step by step over
   * all of them, a sixth faster than one after the other, since each step finds its code in the processor's caches.
   */
  async readMolecules(texts: readonly string[]): Promise<Outcome<Molecule>[]> {
    const read: Outcome<Molecule | string>[] = []
    for (const text of texts) {
      read.push(
        await this.#guard(() => this.#plainJson(text) ?? this.#readKept(text, {}, [], ({ molecule }) => molecule)),
      )
    }
    const molecules: Outcome<Molecule>[] = []
    for (const outcome of read) {
      if ('refusal' in outcome) molecules.push(outcome)
      else {
        const { value } = outcome
        molecules.push(
          typeof value === 'string' ? await this.#guard(() => acceptWhole(moleculeFromJson(value))) : { value },
        )
      }
    }
    return molecules
  }

  /** Canonical SMILES of a molblock as it was drawn, all components included; stereo from wedges or from 3D coordinates. */
  smilesOf(molblock: string): Promise<Outcome<string>> {
    return this.#guard(() => this.#smilesOfMolblock(molblock).smiles)
  }

  /** Answers what `use` makes of the structure as it was written, all components and placeholders included. */
  readWhole<T>(text: string, use: (mol: RdkitMol) => T): Promise<Outcome<T>> {
    return this.#guard(() => this.#parse(text, use))
  }

  /** A crash of the toolkit refuses the structure and replaces the toolkit. */
  async #guard<T>(read: () => T): Promise<Outcome<T>> {
    try {
      return { value: read() }
    } catch (error) {
      if (error instanceof RefusedError) return { refusal: error.refusal }
      if (!(error instanceof ToolkitCrash)) throw error
      await this.toolkit.restart()
      return { refusal: { rule: REFUSALS.unparsable, message: 'RDKit crashed on this structure and was restarted' } }
    }
  }

  #parse<T>(text: string, use: (mol: RdkitMol, parsed: SmilesText) => T): T {
    const parsed = parseSmilesText(text)
    if ('refusal' in parsed) throw new RefusedError(parsed.refusal)
    this.toolkit.takeLog()
    return this.toolkit.withMol(parsed.smiles, mol => {
      if (!mol) throw new RefusedError({ rule: REFUSALS.unparsable, message: this.#reason() })
      return use(mol, parsed)
    })
  }

  #smilesOfMolblock(text: string): { smiles: string; changes: ChangeRule[] } {
    const parsed = parseMolblockText(text)
    if ('refusal' in parsed) throw new RefusedError(parsed.refusal)
    this.toolkit.takeLog()
    return this.toolkit.withMol(parsed.molblock, mol => {
      if (!mol) throw new RefusedError({ rule: REFUSALS.unparsable, message: this.#reason() })
      const smiles = mol.get_smiles()
      // "any", "single or double" and the like are questions, not structures.
      if (smiles.includes('~')) {
        throw new RefusedError({ rule: REFUSALS.placeholder, message: 'it has a query bond, which stands for several' })
      }
      return { smiles, changes: parsed.droppedExtension ? [CHANGES.extensionDropped] : [] }
    })
  }

  #readKept<T>(text: string, options: ReadOptions, before: ChangeRule[], use: (structure: Structure) => T): T {
    return this.#parse(text, (mol, parsed) => {
      const changes = parsed.droppedExtension ? [...before, CHANGES.extensionDropped] : before
      if (parsed.smiles.includes('.')) return this.#readComponents(mol.get_smiles(), { ...options, changes }, use)
      const molecule = acceptWhole(moleculeFromJson(mol.get_json()))
      return this.#finish({ mol, molecule, removed: [], changes }, options, use)
    })
  }

  /** The JSON of a structure of which it holds all that is asked for, at less cost; `null` where only the whole way is sure to be right. */
  #plainJson(text: string): string | null {
    const parsed = parseSmilesText(text)
    if ('refusal' in parsed || parsed.smiles.includes('.') || !isPlainSmiles(parsed.smiles)) return null
    // What cannot be read goes the whole way, for the reason.
    return this.toolkit.withPlainMol(parsed.smiles, mol => mol?.get_json() ?? null)
  }

  /** The atoms of a canonical SMILES come in its own order, so its dot-separated parts are the components in order. */
  #readComponents<T>(
    canonical: string,
    context: ReadOptions & { changes: readonly string[] },
    use: (structure: Structure) => T,
  ): T {
    const parts = canonical.split('.')
    const whole = this.toolkit.withMol(canonical, mol => moleculeFromJson(checkMol(mol, canonical).get_json()))
    if (componentsOf(whole).length !== parts.length)
      throw new Error(`components of ${canonical} do not match its parts`)
    const { kept, removed, changes } = accept(
      whole,
      parts.map(smiles => ({ smiles, isCounterIon: this.#isCounterIon(smiles) })),
    )
    return this.toolkit.withMol(parts[kept]!, mol => {
      const molecule = moleculeFromJson(checkMol(mol, parts[kept]!).get_json())
      const structure = {
        mol: checkMol(mol, parts[kept]!),
        molecule,
        removed: removed.map(k => parts[k]!),
        changes: [...context.changes, ...changes],
      }
      return this.#finish(structure, context, use)
    })
  }

  #finish<T>(structure: Structure, options: ReadOptions, use: (structure: Structure) => T): T {
    if (!options.neutralise) return use(structure)
    return this.#withNeutral(structure.mol.get_json(), structure.molecule, neutral => {
      if (!neutral) return use(structure)
      const changes = [...structure.changes, CHANGES.neutralised]
      return use({ ...structure, ...neutral, changes })
    })
  }

  /** Hands on the uncharged form, or `null` where there is nothing to change. */
  #withNeutral<T>(
    json: string,
    molecule: Molecule,
    use: (neutral: { mol: RdkitMol; molecule: Molecule } | null) => T,
  ): T {
    const protons = protonChanges(molecule)
    if (protons.length === 0) return use(null)
    const document = JSON.parse(json) as CommonChem
    const atoms = document.molecules[0]!.atoms as Mutable<CommonChemAtom>[]
    for (const { atom, charge, hydrogens } of protons) {
      atoms[atom]!.chg = charge
      atoms[atom]!.impHs = hydrogens
    }
    return this.toolkit.withMol(JSON.stringify(document), mol => {
      if (!mol) throw new RefusedError({ rule: REFUSALS.unparsable, message: `neutralised form: ${this.#reason()}` })
      return use({ mol, molecule: moleculeFromJson(mol.get_json()) })
    })
  }

  #isCounterIon(smiles: string): boolean {
    return this.toolkit.withMol(smiles, mol => {
      const charged = checkMol(mol, smiles)
      const json = charged.get_json()
      return this.#withNeutral(json, moleculeFromJson(json), neutral =>
        this.#usualPartners().has((neutral?.mol ?? charged).get_smiles(PLAIN_SMILES)),
      )
    })
  }

  #usualPartners(): ReadonlySet<string> {
    this.#counterIons ??= new Set(
      COUNTER_IONS.map(smiles => this.toolkit.withMol(smiles, mol => checkMol(mol, smiles).get_smiles(PLAIN_SMILES))),
    )
    return this.#counterIons
  }

  /** The first line of what RDKit said that says something about the structure. */
  #reason(): string {
    const lines = this.toolkit.takeLog().split('\n')
    const first = lines.find(line => line !== '') ?? 'RDKit gave no reason'
    const position = lines.find(line => line.includes('around position'))
    return position ? `${first} (${position.replace(/.*around/, 'around').replace(/:$/, '')})` : first
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function accept(molecule: Molecule, names: readonly ComponentName[]) {
  const selected = selectFragment(molecule, names)
  if ('refusal' in selected) throw new RefusedError(selected.refusal)
  return selected.choice
}

/** Of one component. */
function acceptWhole(molecule: Molecule): Molecule {
  accept(molecule, [{ smiles: '', isCounterIon: false }])
  return molecule
}

/** For text that the toolkit wrote itself. */
function checkMol(mol: RdkitMol | null, text: string): RdkitMol {
  if (!mol) throw new Error(`RDKit cannot read its own ${JSON.stringify(text)}`)
  return mol
}
