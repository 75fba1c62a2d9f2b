/**
 * What the host and a chemistry worker say to each other. The worker is the only process that reads untrusted structures; it
 * answers one call at a time, in order. Bytes travel as `Uint8Array`, so `child_process.fork` needs
 * `serialization: 'advanced'` (Electron's utility processes clone them by themselves).
 *
 * A call whose input is a list answers with `items` messages (blocks in order, one item for each input at the same position)
 * and then with `answered`. An item that cannot be used is a value with a rule and a reason, never a failed call.
 */
import type { ErrorBody } from './errors.ts'
import type { SimilarityCalls } from './similarity-protocol.ts'
import type { TableCalls } from './table-protocol.ts'

export type ChemCommand =
  | {
      [K in ChemCallKind]: {
        type: 'call'
        requestId: number
        kind: K
        input: ChemCalls[K]['input']
        /** The worker sends one block of items and then one for each that `takeItems` asks for. Otherwise it does not wait. */
        paced?: boolean
      }
    }[ChemCallKind]
  | { type: 'takeItems'; requestId: number; blocks: number }
  /**
   * Acknowledged at once, takes effect before the next item; the call then fails with ERR_4004. Unknown and finished ids are ignored.
   */
  | { type: 'cancel'; requestId: number }

export type ChemMessage =
  | { type: 'ready'; pid: number; toolkit: string }
  /** The cancel of a call that waits or runs was heard: it is given up at its next item. */
  | { type: 'acknowledged'; requestId: number }
  | { type: 'progress'; requestId: number; done: number; total: number | null }
  | { type: 'items'; requestId: number; from: number; items: unknown[] }
  | { type: 'answered'; requestId: number; result: unknown }
  | { type: 'failed'; requestId: number; error: ErrorBody }

/** Input, streamed item and final result of every call. `item: never` marks a call without a list. */
export interface ChemCalls extends TableCalls, SimilarityCalls {
  /** Reads structures: what they are, what is kept of them, and the key by which duplicates are found. */
  parse: { input: ParseInput; item: ParsedStructure | RefusedStructure; result: ListResult }
  /** Feature records in the layout of `chem/features/feature-record.ts`. */
  featurise: { input: FeaturiseInput; item: FeaturisedStructure | RefusedStructure; result: ListResult }
  /** The same for bulk work: one answer of few large pieces instead of many small ones. */
  featuriseBlock: { input: FeaturiseInput; item: never; result: FeaturisedBlock }
  /** The features of one structure, and those without each of its atoms in turn. */
  hideAtoms: { input: { smiles: string; sections: string[] }; item: never; result: HiddenAtoms | RefusedStructure }
  /** Features of a whole data set, written to one file (`chem/features/feature-file.ts`); reports progress. */
  featuriseFile: { input: FeaturiseFileInput; item: never; result: FeaturiseFileResult }
  /** Drawings. */
  depict: { input: DepictInput; item: DepictedStructure | RefusedStructure; result: ListResult }
  /** Molblocks (V2000) of the structures as they are written, with 2D coordinates made anew. */
  molblocks: {
    input: { smiles: string[] }
    item: { ok: true; molblock: string } | RefusedStructure
    result: ListResult
  }
  /** Which structures contain a SMARTS pattern, and where. Fails with ERR_2003 where the pattern itself cannot be read. */
  substructure: { input: SubstructureInput; item: MatchedStructure | RefusedStructure; result: ListResult }
  /** Bemis-Murcko scaffolds of the kept fragments. */
  scaffold: { input: { smiles: string[] }; item: ScaffoldedStructure | RefusedStructure; result: ListResult }
}
export type ChemCallKind = keyof ChemCalls

export interface ListResult {
  accepted: number
  refused: number
}

/** `rule` is one of `chem/structure-rules.ts`, e.g. `structure.unparsable`; `message` says what was expected and found. */
export interface RefusedStructure {
  ok: false
  rule: string
  message: string
}

export interface ParseInput {
  smiles: string[]
  /** Removes charges that protons explain (carboxylates, ammonium). Off unless asked for. */
  neutralise?: boolean
  /** Also answers the scaffold of each structure. */
  scaffold?: boolean
}

export interface ParsedStructure {
  ok: true
  /** Canonical isomeric SMILES of the kept fragment. */
  smiles: string
  /** Standard InChIKey; where InChI cannot be made, `SMILES=` and the canonical SMILES. Equal keys mean duplicates. */
  structureKey: string
  heavyAtoms: number
  /** Canonical SMILES of what was left out (counter-ions, solvents), one entry a component. */
  removed: string[]
  /** Rules that altered the structure, e.g. `structure.fragmentRemoved`; empty where it was taken as it is. */
  changes: string[]
  /** Canonical SMILES of the scaffold, '' for a molecule without rings; present where it was asked for. */
  scaffold?: string
}

export interface FeaturiseInput {
  smiles: string[]
  /** Names of `chem/features/sections.ts`. An unknown name fails the call with ERR_2001. */
  sections: string[]
}

export interface FeaturisedStructure {
  ok: true
  record: Uint8Array
}

/** Feature records one after the other. */
export interface RecordBlock {
  /** [structures] bytes of each record, a multiple of 4; 0 where a structure has none. */
  lengths: Uint32Array
  bytes: Uint8Array
}

export interface FeaturisedBlock {
  records: RecordBlock
  /** The structures without a record, by their position. */
  refusals: { position: number; rule: string; message: string }[]
}

export interface HiddenAtoms {
  ok: true
  /** Canonical SMILES of the kept fragment: atoms are numbered as it names them. */
  smiles: string
  /** [1 + atoms] the whole, then without atom 0, 1, … */
  records: RecordBlock
}

export interface FeaturiseFileInput {
  /** UTF-8 text, one structure a line: SMILES (`.smi`, up to the first blank) or `{"smiles": …}` (`.jsonl`). */
  inputFile: string
  /** Written to a temporary name beside it, synced and renamed. Row i is the i-th line of the input. */
  outputFile: string
  sections: string[]
}

export interface FeaturiseFileResult extends ListResult {
  rows: number
  bytes: number
  /** SHA-256 of the file's body as stored in its prelude, hex. */
  sha256: string
  /** The first refused rows in full; the file holds all of them. */
  refusals: { row: number; rule: string; message: string }[]
}

export interface DepictInput {
  structures: {
    smiles: string
    highlightAtoms?: number[]
    highlightBonds?: number[]
    /** [atoms] −1 to 1, drawn from blue over nothing to orange: what an atom contributes. */
    atomWeights?: number[]
  }[]
  width: number
  height: number
  theme: 'light' | 'dark'
}

export interface DepictedStructure {
  ok: true
  svg: string
}

export interface SubstructureInput {
  smarts: string
  smiles: string[]
}

export interface MatchedStructure {
  ok: true
  /** Atom indices of each match, in the atom order of the SMILES as given; empty where there is none. */
  matches: number[][]
}

export interface ScaffoldedStructure {
  ok: true
  /** Canonical SMILES, '' for a molecule without rings. */
  scaffold: string
}

/** The worker refuses inputs above these by name. The host keeps its own deadline and memory cap beside them. */
export const CHEM_LIMITS = {
  smilesCharacters: 10_000,
  smartsCharacters: 2_000,
  itemsPerCall: 100_000,
  /** `depict` draws slowly. */
  depictionsPerCall: 1_000,
  lineCharacters: 100_000,
  heavyAtoms: 128,
} as const
