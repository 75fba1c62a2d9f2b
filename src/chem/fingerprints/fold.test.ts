import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featurise } from '../features/featurise.ts'
import { moleculeFromJson } from '../molecule.ts'
import { foldInto } from './fold.ts'
import { countKeys } from './sparse-counts.ts'

/** What Python's RDKit 2022.09 says, by both its interfaces; written by `bench/describe-folded.py`. */
interface Folded {
  smiles: string
  folded: { radius: 2 | 3; width: number; chirality: boolean; bits: number[]; counts: [number, number][] }[]
}

const linesOf = <T>(file: string): T[] =>
  readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
const json = new Map(linesOf<{ smiles: string; json: string }>('reference.jsonl').map(each => [each.smiles, each.json]))

/** RDKit 2022.09 adds chirality where a centre's neighbours are still alike; later ones, and ours, do not. */
const BEFORE_THE_FIX = ['C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=CC(=O)CC[C@]34C']

describe.each(linesOf<Folded>('folded.jsonl'))('folded fingerprints of $smiles', ({ smiles, folded }) => {
  const molecule = moleculeFromJson(json.get(smiles)!)
  const compared = folded.filter(({ chirality }) => !chirality || !BEFORE_THE_FIX.includes(smiles))
  it.each(compared)('are RDKit’s at radius $radius, $width wide, chirality $chirality', expected => {
    const { radius, width, chirality, bits, counts } = expected
    const section = chirality ? (`morgan-count-r${radius}-chiral` as const) : (`morgan-count-r${radius}` as const)
    const fingerprint = featurise(molecule, [section])[section]!
    const out = new Float32Array(width)
    foldInto(fingerprint, out, { offset: 0, width, values: 'bits' })
    expect(nonZero(out)).toEqual(bits.map(bit => [bit, 1]))
    foldInto(fingerprint, out, { offset: 0, width, values: 'counts' })
    expect(nonZero(out)).toEqual(counts)
  })
})

it('touches its own part of the target alone, and leaves nothing of what was there', () => {
  const out = new Float32Array(12).fill(7)
  foldInto(countKeys(Uint32Array.of(5, 9, 9, 4294967295)), out, { offset: 4, width: 4, values: 'counts' })
  expect([...out]).toEqual([7, 7, 7, 7, 0, 3, 0, 1, 7, 7, 7, 7])
})

function nonZero(values: Float32Array): [number, number][] {
  return [...values].flatMap((value, at) => (value === 0 ? [] : [[at, value] as [number, number]]))
}
