import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectivityInvariants, morganCounts } from '../fingerprints/morgan.ts'
import { type SparseCounts, totalCount } from '../fingerprints/sparse-counts.ts'
import { moleculeFromJson } from '../molecule.ts'
import { featurise } from './featurise.ts'
import { featuriseHidden } from './hidden-atom.ts'

const molecules = readFileSync(new URL('../fixtures/reference.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as { smiles: string; json: string })
  .map(({ smiles, json }) => ({ smiles, molecule: moleculeFromJson(json) }))
  .filter(({ molecule }) => molecule.atomCount <= 60)

/** counts − fewer, by key; throws where something appeared that was not there. */
function lost(counts: SparseCounts, fewer: SparseCounts): Map<number, number> {
  const rest = new Map(Array.from(counts.keys, (key, i) => [key, counts.counts[i]!]))
  for (const [i, key] of fewer.keys.entries()) {
    const left = (rest.get(key) ?? 0) - fewer.counts[i]!
    if (left < 0) throw new Error(`key ${key} appeared`)
    if (left === 0) rest.delete(key)
    else rest.set(key, left)
  }
  return rest
}
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)

describe.each(molecules)('hiding the atoms of $smiles', ({ molecule }) => {
  const sections = ['graph.chemprop-v1', 'morgan-count-r2-chiral', 'atom-pairs', 'linear-paths', 'torsions'] as const
  const whole = featurise(molecule, sections)
  const hidden = featuriseHidden(molecule, sections)

  it('loses each pair with both its atoms, and each path with every atom on it', () => {
    const lostOf = (section: (typeof sections)[number] & ('atom-pairs' | 'torsions' | 'linear-paths')): number =>
      sum(hidden.map(record => sum(lost(whole[section], record[section]).values())))
    expect(lostOf('atom-pairs')).toBe(2 * totalCount(whole['atom-pairs']))
    const torsions = totalCount(whole.torsions)
    // A three-membered ring is a path of three atoms.
    const triangles = molecule.rings.filter(ring => ring.length === 3).length
    expect(lostOf('torsions')).toBeLessThanOrEqual(4 * torsions)
    expect(lostOf('torsions')).toBeGreaterThanOrEqual(4 * torsions - triangles)
    // Two to eight atoms a path.
    expect(lostOf('linear-paths')).toBeGreaterThanOrEqual(2 * totalCount(whole['linear-paths']))
    expect(lostOf('linear-paths')).toBeLessThanOrEqual(8 * totalCount(whole['linear-paths']))
  })

  it('gives an additive model its own weights back', () => {
    // A model that adds a weight for every atom by its invariant: an environment of radius 0 is one atom's.
    const invariants = connectivityInvariants(molecule)
    const weightOf = (key: number): number => ((key % 1009) - 500) / 100
    const model = ({ keys, counts }: SparseCounts): number =>
      sum(Array.from(keys, (key, i) => weightOf(key) * counts[i]!))
    const all = model(morganCounts(molecule, { radius: 0, chirality: false }))
    for (let atom = 0; atom < molecule.atomCount; atom++) {
      const without = model(morganCounts(molecule, { radius: 0, chirality: false, hidden: atom }))
      expect(all - without).toBeCloseTo(weightOf(invariants[atom]!), 9)
    }
  })

  it('loses no environment that does not reach the atom', () => {
    const section = 'morgan-count-r2-chiral'
    for (let atom = 0; atom < molecule.atomCount; atom++) {
      const gone = sum(lost(whole[section], hidden[atom]![section]).values())
      // Its own three at most, and up to two of every atom within two bonds.
      const near = new Set([atom])
      for (let step = 0; step < 2; step++) {
        for (const from of [...near]) {
          for (let k = molecule.neighborStart[from]!; k < molecule.neighborStart[from + 1]!; k++)
            near.add(molecule.neighborAtom[k]!)
        }
      }
      expect(gone).toBeGreaterThanOrEqual(1)
      expect(gone).toBeLessThanOrEqual(1 + 2 * near.size)
    }
  })

  it('takes the atom and its bonds out of the graph and nothing else', () => {
    const graph = whole['graph.chemprop-v1']
    const width = graph.atomCodes.length / graph.atomCount
    for (const [atom, record] of hidden.entries()) {
      const left = record['graph.chemprop-v1']
      const degree = molecule.neighborStart[atom + 1]! - molecule.neighborStart[atom]!
      expect([left.atomCount, left.bondCount]).toEqual([graph.atomCount - 1, graph.bondCount - degree])
      const kept = [...graph.atomCodes.subarray(0, atom * width), ...graph.atomCodes.subarray((atom + 1) * width)]
      expect([...left.atomCodes]).toEqual(kept)
      expect(Math.max(-1, ...left.bondAtoms)).toBeLessThan(left.atomCount)
    }
  })
})
