import { createRequire } from 'node:module'

/** The part of RDKit's JavaScript interface that is used here. Every `RdkitMol` must be deleted: it lives in WebAssembly memory. */
export interface RdkitMol {
  get_smiles(details?: string): string
  get_json(): string
  get_molblock(): string
  /** 2D coordinates in place of whatever it has. */
  set_new_coords(): void
  get_inchi(): string
  get_num_atoms(heavyOnly?: boolean): number
  get_svg_with_highlights(details: string): string
  get_morgan_fp_as_uint8array(details: string): Uint8Array
  get_pattern_fp_as_uint8array(): Uint8Array
  get_substruct_matches(query: RdkitMol): string
  delete(): void
}

interface RdkitModule {
  version(): string
  get_mol(input: string, details?: string): RdkitMol | null
  get_qmol(smarts: string): RdkitMol | null
  get_inchikey_for_inchi(inchi: string): string
  use_legacy_stereo_perception(use: boolean): boolean
  set_log_capture(name: string): { get_buffer(): string; clear_buffer(): void } | null
}

type LoadRdkit = (options: { locateFile: () => string }) => Promise<RdkitModule>

// Not called `require`: the bundler declares one of that name in every module of the output.
const requirePackage = createRequire(import.meta.url)

/** Thrown where WebAssembly trapped: the module's memory cannot be trusted any more and `restart` must be awaited. */
export class ToolkitCrash extends Error {
  override readonly name = 'ToolkitCrash'
}

/**
 * RDKit with its traps handled: molecules cannot leak, error text is kept instead of printed, and a crash of the WebAssembly
 * module costs one structure and not the process.
 */
export interface Toolkit {
  /** e.g. `RDKit 2026.09.1` */
  readonly name: string
  /** Parses SMILES or CommonChem JSON, hands the molecule to `use` and deletes it; `use` gets `null` for unreadable text. */
  withMol<T>(text: string, use: (mol: RdkitMol | null) => T): T
  /**
   * The same for a SMILES of which `isPlainSmiles` holds, in two thirds of the time: hydrogens are not looked for and stereo labels not
   * assigned. Atoms, bonds and rings are those of `withMol`; what else is asked of the molecule (its SMILES, InChI) may not be.
   */
  withPlainMol<T>(smiles: string, use: (mol: RdkitMol | null) => T): T
  withQuery<T>(smarts: string, use: (query: RdkitMol | null) => T): T
  /** '' where InChI has no key for it. */
  inchiKeyOf(mol: RdkitMol): string
  /** What RDKit said since it was last asked, without time stamps. */
  takeLog(): string
  restart(): Promise<void>
}

const PLAIN_PARSING = JSON.stringify({ removeHs: false, assignStereo: false })

export async function createToolkit(): Promise<Toolkit> {
  let rdkit = await loadRdkit()
  let log = rdkit.set_log_capture('rdApp.*')

  function withNative<T>(create: () => RdkitMol | null, use: (mol: RdkitMol | null) => T): T {
    let mol: RdkitMol | null = null
    try {
      mol = create()
      const result = use(mol)
      mol?.delete()
      return result
    } catch (error) {
      // After a trap the module's memory is lost as a whole; touching it again would only trap again.
      if (error instanceof ToolkitCrash) throw error
      if (isTrap(error)) throw new ToolkitCrash(`RDKit crashed: ${error.message}`, { cause: error })
      mol?.delete()
      throw error
    }
  }

  return {
    name: `RDKit ${rdkit.version()}`,
    withMol: (text, use) => withNative(() => rdkit.get_mol(text), use),
    withPlainMol: (smiles, use) => withNative(() => rdkit.get_mol(smiles, PLAIN_PARSING), use),
    withQuery: (smarts, use) => withNative(() => rdkit.get_qmol(smarts), use),
    inchiKeyOf(mol) {
      const inchi = mol.get_inchi()
      return inchi === '' ? '' : rdkit.get_inchikey_for_inchi(inchi)
    },
    takeLog() {
      const text = log?.get_buffer() ?? ''
      log?.clear_buffer()
      return text.replaceAll(/^\[\d\d:\d\d:\d\d\] /gm, '').trim()
    },
    async restart() {
      rdkit = await loadRdkit()
      log = rdkit.set_log_capture('rdApp.*')
    },
  }
}

async function loadRdkit(): Promise<RdkitModule> {
  const exported = requirePackage('@rdkit/rdkit') as LoadRdkit | { default: LoadRdkit }
  const load = typeof exported === 'function' ? exported : exported.default
  const rdkit = await load({ locateFile: () => requirePackage.resolve('@rdkit/rdkit/RDKit_minimal.wasm') })
  // The features are defined on the labels of this perception; the newer one leaves CIP codes out of the JSON.
  rdkit.use_legacy_stereo_perception(true)
  return rdkit
}

/** A WebAssembly trap, or recursion in it that exhausted the stack of V8. */
function isTrap(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error.name === 'RuntimeError' || (error instanceof RangeError && error.message.includes('call stack'))
}
