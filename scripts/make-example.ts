/** Writes the simulated example assay and its card. The result is committed; run this again only to change it. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import loadRdkit from '@rdkit/rdkit'
import { NOISE_SD } from './example/activity.ts'
import { EXAMPLE_SEED, makeTable, tableText } from './example/make-table.ts'

const rdkit = await loadRdkit()

function canonical(smiles: string): string {
  const molecule = rdkit.get_mol(smiles)
  if (molecule === null) throw new Error(`not a structure: ${smiles}`)
  const written = molecule.get_smiles()
  molecule.delete()
  return written
}

const folder = join(import.meta.dirname, '../resources/example')
const rows = makeTable(canonical)
const text = tableText(rows)
const card = {
  format: 'bindery-example-1',
  file: 'simulated-assay.csv',
  sha256: createHash('sha256').update(text).digest('hex'),
  name: 'Simulated assay',
  simulated: true,
  statement:
    'Values were computed from a formula and given random noise. Nothing here was measured, and no conclusion about a real target follows.',
  target: 'simulated target',
  endpoint: 'Ki',
  unit: 'nM',
  /** pKi units. */
  noiseSd: NOISE_SD,
  seed: EXAMPLE_SEED,
  rows: rows.length,
  testRows: rows.filter(row => row.split === 'test').length,
  columns: { id: 0, smiles: 1, value: 2, split: 3 },
  formula: 'scripts/example/activity.ts',
  licence: 'Apache-2.0',
}
writeFileSync(join(folder, card.file), text)
writeFileSync(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`)
console.log(`${card.rows} rows, ${card.testRows} of them test`)
