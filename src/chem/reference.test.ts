import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chempropV1 } from './features/chemprop-v1.ts'
import { featurise } from './features/featurise.ts'
import { morganCounts } from './fingerprints/morgan.ts'
import type { SparseCounts } from './fingerprints/sparse-counts.ts'
import { moleculeFromJson } from './molecule.ts'

/**
 * What Python's RDKit 2022.09 says about seventy molecules, and the Morgan bits of the RDKit the JSON is from; written by
 * `bench/compare-chem.ts --fixture`.
 */
interface Reference {
  smiles: string
  json: string
  /** Hot slots, then the mass column. */
  atoms: number[][]
  /** Two atoms, then the hot slots. */
  bonds: number[][]
  counts: Record<'morgan-count-r2' | 'feature-morgan-r2' | 'atom-pairs' | 'torsions', [number, number][]>
  /** Modulo 65,536. */
  bits: Record<'morgan-count-r2-chiral' | 'morgan-count-r3-chiral', number[]>
  triangles: number
}

const references = readFileSync(new URL('./fixtures/reference.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as Reference)

const MASS_SLOT = 132

describe.each(references)('features of $smiles', reference => {
  const molecule = moleculeFromJson(reference.json)
  const features = featurise(molecule, [
    'graph.chemprop-v1',
    'morgan-count-r2-chiral',
    'morgan-count-r3-chiral',
    'feature-morgan-r2',
    'atom-pairs',
    'torsions',
  ])
  const graph = features['graph.chemprop-v1']

  it('gives Chemprop’s atom rows', () => {
    const rows = reference.atoms.map((_, atom) => {
      const row = new Float32Array(chempropV1.atomWidth).fill(9)
      chempropV1.writeAtomRow(graph, atom, row, 0)
      expect(row[MASS_SLOT]).toBeCloseTo(reference.atoms[atom]!.at(-1)!, 4)
      return [...hotSlots(row.subarray(0, MASS_SLOT)), reference.atoms[atom]!.at(-1)!]
    })
    expect(rows).toEqual(reference.atoms)
    expect(graph.atomCount).toBe(reference.atoms.length)
  })

  it('gives Chemprop’s bond rows', () => {
    const row = new Float32Array(chempropV1.bondWidth)
    const rows = Array.from({ length: graph.bondCount }, (_, bond) => {
      row.fill(9)
      chempropV1.writeBondRow(graph, bond, row, 0)
      const atoms = [graph.bondAtoms[2 * bond]!, graph.bondAtoms[2 * bond + 1]!].sort((a, b) => a - b)
      return [...atoms, ...hotSlots(row)]
    })
    expect(sorted(rows)).toEqual(sorted(reference.bonds))
  })

  it('gives RDKit’s count fingerprints', () => {
    expect(entries(morganCounts(molecule, { radius: 2, chirality: false }))).toEqual(
      reference.counts['morgan-count-r2'],
    )
    expect(entries(features['feature-morgan-r2'])).toEqual(reference.counts['feature-morgan-r2'])
    expect(entries(features['atom-pairs'])).toEqual(reference.counts['atom-pairs'])
  })

  it('gives RDKit’s torsions but for where a three-membered ring begins', () => {
    const ours = new Map(entries(features.torsions))
    const surplus = reference.counts.torsions.map(([key, count]) => Math.max(0, count - (ours.get(key) ?? 0)))
    expect(sum(surplus)).toBeLessThanOrEqual(reference.triangles)
    expect(sum(features.torsions.counts)).toBe(sum(reference.counts.torsions.map(([, count]) => count)))
  })

  it('adds chirality to Morgan environments where RDKit does', () => {
    for (const name of ['morgan-count-r2-chiral', 'morgan-count-r3-chiral'] as const) {
      const bits = new Set(Array.from(features[name].keys, key => key % 65_536))
      expect([...bits].sort((a, b) => a - b)).toEqual(reference.bits[name])
    }
  })
})

function hotSlots(row: Float32Array): number[] {
  const slots: number[] = []
  for (const [slot, value] of row.entries()) {
    if (value === 1) slots.push(slot)
    else expect(value).toBe(0)
  }
  return slots
}

function entries(counts: SparseCounts): [number, number][] {
  return Array.from(counts.keys, (key, k) => [key, counts.counts[k]!])
}

function sorted(rows: number[][]): number[][] {
  return rows.toSorted((x, y) => x[0]! - y[0]! || x[1]! - y[1]!)
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
