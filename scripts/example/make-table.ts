import { NOISE_SD, truePKi } from './activity.ts'
import { compoundSmiles, enumerateLibrary } from './library.ts'
import { createRandom } from './random.ts'

export const EXAMPLE_ROWS = 900
export const EXAMPLE_SEED = 42
/** Of the rows; drawn at random, so that the test compounds are new combinations of known parts. */
const TEST_FRACTION = 0.2

export interface ExampleRow {
  id: string
  /** As written by RDKit, so that the file reads like any export. */
  smiles: string
  kiNM: string
  split: 'train' | 'test'
}

/** The simulated table. `canonical` answers RDKit's canonical SMILES, or throws where one cannot be read. */
export function makeTable(canonical: (smiles: string) => string): ExampleRow[] {
  const random = createRandom(EXAMPLE_SEED)
  const rows: ExampleRow[] = []
  const seen = new Set<string>()
  for (const compound of random.shuffle(enumerateLibrary())) {
    if (rows.length === EXAMPLE_ROWS) break
    const smiles = canonical(compoundSmiles(compound))
    if (seen.has(smiles)) continue
    seen.add(smiles)
    const measured = truePKi(compound) + NOISE_SD * random.normal()
    rows.push({
      id: `SIM-${String(rows.length + 1).padStart(4, '0')}`,
      smiles,
      kiNM: Number((10 ** (9 - measured)).toPrecision(3)).toString(),
      split: random.uniform() < TEST_FRACTION ? 'test' : 'train',
    })
  }
  return rows
}

export function tableText(rows: readonly ExampleRow[]): string {
  const lines = rows.map(row => `${row.id},${row.smiles},${row.kiNM},${row.split}`)
  return `${['compound_id,smiles,simulated_Ki_nM,split', ...lines].join('\n')}\n`
}
