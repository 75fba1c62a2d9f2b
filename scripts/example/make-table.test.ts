import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import loadRdkit, { type MainModule } from '@rdkit/rdkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { NOISE_SD, truePKi } from './activity.ts'
import { type Compound, compoundSmiles, enumerateLibrary, GROUPS_A, GROUPS_B, GROUPS_C, SCAFFOLDS } from './library.ts'
import { type ExampleRow, makeTable, tableText } from './make-table.ts'
import { createRandom } from './random.ts'

const folder = join(import.meta.dirname, '../../resources/example')
const file = readFileSync(join(folder, 'simulated-assay.csv'), 'utf8')
const card = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8'))

describe('the simulated assay', () => {
  let rdkit: MainModule
  let rows: ExampleRow[]
  const canonical = (smiles: string) => {
    const molecule = rdkit.get_mol(smiles)
    if (molecule === null) throw new Error(`not a structure: ${smiles}`)
    const written = molecule.get_smiles()
    molecule.delete()
    return written
  }

  beforeAll(async () => {
    rdkit = await loadRdkit()
    rows = makeTable(canonical)
  })

  it('is what the script writes, byte for byte', () => {
    expect(tableText(rows)).toBe(file)
  })

  it('says in its card what it is', () => {
    expect(card).toMatchObject({
      simulated: true,
      sha256: createHash('sha256').update(file).digest('hex'),
      rows: rows.length,
      testRows: rows.filter(row => row.split === 'test').length,
      noiseSd: NOISE_SD,
    })
    expect(file.split('\n')[0]).toBe('compound_id,smiles,simulated_Ki_nM,split')
  })

  it('has no structure twice by InChI', () => {
    const inchis = rows.map(row => {
      const molecule = rdkit.get_mol(row.smiles)!
      const inchi = molecule.get_inchi()
      molecule.delete()
      return inchi
    })
    expect(new Set(inchis).size).toBe(rows.length)
  })

  it('carries noise of the stated size and no bias', () => {
    const truth = new Map(enumerateLibrary().map(compound => [canonical(compoundSmiles(compound)), truePKi(compound)]))
    const errors = rows.map(row => 9 - Math.log10(Number(row.kiNM)) - truth.get(row.smiles)!)
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
    const sd = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1))
    // Three standard errors of a mean and of a standard deviation of 900 draws.
    expect(Math.abs(mean)).toBeLessThan((3 * NOISE_SD) / Math.sqrt(rows.length))
    expect(Math.abs(sd - NOISE_SD)).toBeLessThan((3 * NOISE_SD) / Math.sqrt(2 * rows.length))
  }, 60_000)
})

describe('truePKi', () => {
  const scaffold = SCAFFOLDS[0]!
  const at = (a: string, b: string, c: string): Compound => ({
    scaffold,
    a: GROUPS_A.find(group => group.smiles === a)!,
    b: GROUPS_B.find(group => group.smiles === b)!,
    c: GROUPS_C.find(group => group.smiles === c)!,
  })

  it('adds contributions', () => {
    expect(truePKi(at('Nc7ccccc7', '[H]', 'OC'))).toBeCloseTo(6.6, 12)
    expect(truePKi(at('Nc7cccc(F)c7', 'F', 'OC'))).toBeCloseTo(6.6 + 0.25 + 0.2, 12)
  })

  it('has a cliff: one methyl group costs 1.6 log units more than its own contribution beside a bulky group', () => {
    const flat = truePKi(at('Nc7ccccc7', 'OCC', 'OC')) - truePKi(at('Nc7ccccc7C', 'OCC', 'OC'))
    expect(flat).toBeCloseTo(1.6 - 0.35, 12)
  })

  it('rewards a folded side chain and punishes excess lipophilicity', () => {
    expect(truePKi(at('Nc7ccccc7', 'OC', 'NC(=O)C'))).toBeCloseTo(6.6 + 0.5 + 0 + 0.8, 12)
    expect(truePKi(at('Nc7cccc(Br)c7', 'C(C)C', 'OC'))).toBeCloseTo(6.6 + 0.9 - 0.6 - 0.25 * 1.2 ** 2, 12)
  })
})

describe('createRandom', () => {
  it('draws the same numbers from the same seed, normal ones with mean 0 and sd 1', () => {
    const draws = Array.from({ length: 20_000 }, createRandom(7).normal)
    expect(draws.slice(0, 5)).toEqual(Array.from({ length: 5 }, createRandom(7).normal))
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })
})
