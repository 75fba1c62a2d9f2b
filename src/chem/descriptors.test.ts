import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DESCRIPTOR_NAMES, descriptorsOf } from './descriptors.ts'
import { linearPathCounts } from './fingerprints/linear-paths.ts'
import { moleculeFromJson } from './molecule.ts'
import { perceive } from './perception.ts'

/** Written by `bench/describe-rdkit.py` from Python's RDKit 2022.09. */
interface Reference {
  smiles: string
  /** Paths of one to seven bonds that visit no atom twice. */
  paths: number[]
  values: Record<string, number>
}

function readLines<T>(name: string): T[] {
  const text = readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}

const structures = new Map(
  readLines<{ smiles: string; json: string }>('reference.jsonl').map(({ smiles, json }) => [smiles, json]),
)

describe.each(readLines<Reference>('descriptors.jsonl'))('$smiles', reference => {
  const molecule = moleculeFromJson(structures.get(reference.smiles)!)
  const values = descriptorsOf(molecule, perceive(molecule))
  const value = (name: (typeof DESCRIPTOR_NAMES)[number]) => values[DESCRIPTOR_NAMES.indexOf(name)]!

  it('has RDKit’s descriptors', () => {
    for (const [name, expected] of Object.entries(reference.values)) {
      // RDKit's χᵛ do not see hydrogens that are atoms of the graph; to us deuterium is a hydrogen.
      if (name.startsWith('chi') && reference.smiles.includes('[2H]')) continue
      expect(value(name as (typeof DESCRIPTOR_NAMES)[number]), name).toBeCloseTo(expected, 2)
    }
  })

  it('has as many linear paths as RDKit finds', () => {
    const found = linearPathCounts(molecule).counts.reduce((sum, count) => sum + count, 0)
    expect(found).toBe(reference.paths.reduce((sum, count) => sum + count, 0))
  })

  it('has the shape indices of its path counts', () => {
    const [p1, p2, p3] = reference.paths as [number, number, number]
    const atoms = reference.values.heavyAtoms!
    const third = atoms % 2 === 1 ? (atoms - 1) * (atoms - 3) ** 2 : (atoms - 3) * (atoms - 2) ** 2
    if (p1 > 0) expect(value('kappa1')).toBeCloseTo((atoms * (atoms - 1) ** 2) / p1 ** 2, 3)
    if (p2 > 0) expect(value('kappa2')).toBeCloseTo(((atoms - 1) * (atoms - 2) ** 2) / p2 ** 2, 3)
    if (p3 > 0) expect(value('kappa3')).toBeCloseTo(third / p3 ** 2, 3)
  })
})
