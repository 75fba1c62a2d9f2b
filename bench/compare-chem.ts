/**
 * Compares our features with RDKit's on every molecule of a reference that `compare-rdkit.py` wrote, and prints how many agree.
 *
 *     python3 bench/compare-rdkit.py a.csv b.csv > reference.jsonl
 *     node bench/compare-chem.ts reference.jsonl [--show N] [--fixture FILE]
 *
 * `--show N` prints the first N disagreements of each kind, `--fixture` writes the references with the toolkit's JSON for the unit
 * tests. Ends with 1 where anything disagrees that is not named below as a known difference.
 */
import { createReadStream, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { chempropV1 } from '../src/chem/features/chemprop-v1.ts'
import { featurise } from '../src/chem/features/featurise.ts'
import type { MolGraph } from '../src/chem/features/graph.ts'
import { type CountSectionName, SECTION_NAMES } from '../src/chem/features/sections.ts'
import { morganCounts } from '../src/chem/fingerprints/morgan.ts'
import type { SparseCounts } from '../src/chem/fingerprints/sparse-counts.ts'
import { moleculeFromJson } from '../src/chem/molecule.ts'
import { scaffoldSmiles } from '../src/chem-worker/parse.ts'
import { createToolkit, type RdkitMol } from '../src/chem-worker/toolkit.ts'

interface Reference {
  source: string
  smiles: string
  ok: boolean
  atoms: [number, number][][]
  bonds: [number, number, [number, number][]][]
  counts: Record<CountSectionName | 'morgan-count-r2' | 'morgan-count-r3', [number, number][]>
  triangles: number
  scaffold: string
}

const MORGAN_BITS = 1 << 16
const MASS_SLOT = chempropV1.atomWidth - 1

/** Rounding of the mass column, which holds float32 here and float64 there. */
const TOLERANCE = 2e-5

const knownDifferences: Record<string, string> = {
  scaffold: 'RDKit leaves open valences on a cation double-bonded to a ring (nitrones); here hydrogens fill them',
  'torsions, closed three-ring path': 'its start is the first-numbered atom in RDKit and the smallest code here',
  'morgan-count-r2-chiral, RDKit before the fix': 'RDKit 2022.09 adds chirality where neighbours are still alike',
  'morgan-count-r3-chiral, RDKit before the fix': 'RDKit 2022.09 adds chirality where neighbours are still alike',
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'string', default: '0' }, fixture: { type: 'string' } },
})
const [file] = positionals
if (!file) throw new Error('usage: node bench/compare-chem.ts reference.jsonl [--show N] [--fixture FILE]')

const toolkit = await createToolkit()
const tallies = new Map<string, { agree: number; differ: number }>()
const ourScaffoldOf = new Map<string, string>()
const theirScaffoldOf = new Map<string, string>()
const fixtures: unknown[] = []
let molecules = 0
let skipped = 0
let featureMs = 0

for await (const line of createInterface({ input: createReadStream(file) })) {
  const reference = JSON.parse(line) as Reference
  toolkit.withMol(reference.smiles, mol => {
    if (!mol || !reference.ok) {
      skipped++
      return
    }
    molecules++
    compare(mol, reference)
  })
}
report()

function compare(mol: RdkitMol, reference: Reference): void {
  const json = mol.get_json()
  const molecule = moleculeFromJson(json)
  const start = performance.now()
  const features = featurise(molecule, SECTION_NAMES)
  featureMs += performance.now() - start

  tally('atom rows', reference, sameAtoms(features['graph.chemprop-v1'], reference))
  tally('bond rows', reference, sameBonds(features['graph.chemprop-v1'], reference))
  tally(
    'feature-morgan-r2',
    reference,
    sameCounts(features['feature-morgan-r2'], reference.counts['feature-morgan-r2']),
  )
  tally('atom-pairs', reference, sameCounts(features['atom-pairs'], reference.counts['atom-pairs']))
  compareTorsions(features.torsions, reference)
  const bits: Record<string, number[]> = {}
  for (const radius of [2, 3] as const) {
    const plain = `morgan-count-r${radius}` as const
    const chiral = `${plain}-chiral` as const
    tally(plain, reference, sameCounts(morganCounts(molecule, { radius, chirality: false }), reference.counts[plain]))
    bits[chiral] = morganBits(mol, radius)
    tally(`${chiral}, bits of this RDKit`, reference, sameBits(features[chiral], bits[chiral]))
    tally(`${chiral}, RDKit before the fix`, reference, sameCounts(features[chiral], reference.counts[chiral]))
  }
  compareScaffolds(scaffoldSmiles(toolkit, molecule), reference)
  if (values.fixture) fixtures.push(fixtureOf(reference, json, bits))
}

function sameAtoms(graph: MolGraph, reference: Reference): boolean {
  const row = new Float32Array(chempropV1.atomWidth)
  return reference.atoms.every((expected, atom) => {
    chempropV1.writeAtomRow(graph, atom, row, 0)
    return sameRow(row, expected)
  })
}

function sameBonds(graph: MolGraph, reference: Reference): boolean {
  const expected = new Map(reference.bonds.map(([a, b, row]) => [`${a} ${b}`, row]))
  const row = new Float32Array(chempropV1.bondWidth)
  for (let bond = 0; bond < graph.bondCount; bond++) {
    const [a, b] = [graph.bondAtoms[2 * bond]!, graph.bondAtoms[2 * bond + 1]!].sort((x, y) => x - y)
    chempropV1.writeBondRow(graph, bond, row, 0)
    const reference = expected.get(`${a} ${b}`)
    if (!reference || !sameRow(row, reference)) return false
  }
  return graph.bondCount === expected.size
}

function sameRow(row: Float32Array, sparse: [number, number][]): boolean {
  const expected = new Map(sparse)
  return row.every((value, slot) => Math.abs(value - (expected.get(slot) ?? 0)) <= TOLERANCE)
}

function sameCounts(counts: SparseCounts, expected: [number, number][]): boolean {
  return (
    counts.keys.length === expected.length &&
    expected.every(([key, count], k) => counts.keys[k] === key && counts.counts[k] === count)
  )
}

/** As many paths have another key as the molecule has three-membered rings, at most. */
function compareTorsions(counts: SparseCounts, reference: Reference): void {
  const expected = reference.counts.torsions
  const isExact = sameCounts(counts, expected)
  if (reference.triangles === 0) {
    tally('torsions', reference, isExact)
    return
  }
  tally('torsions, closed three-ring path', reference, isExact)
  const left = new Map(expected)
  for (const [k, key] of counts.keys.entries()) left.set(key, (left.get(key) ?? 0) - counts.counts[k]!)
  let surplus = 0
  let lack = 0
  for (const difference of left.values()) {
    if (difference > 0) lack += difference
    else surplus -= difference
  }
  tally('torsions but for closed three-ring paths', reference, surplus === lack && surplus <= reference.triangles)
}

/** The same SMILES, and, what splits need, the same groups: one scaffold here for one there. */
function compareScaffolds(ours: string, reference: Reference): void {
  const theirs = canonical(reference.scaffold)
  tally('scaffold', reference, ours === theirs)
  if (!ourScaffoldOf.has(theirs)) ourScaffoldOf.set(theirs, ours)
  if (!theirScaffoldOf.has(ours)) theirScaffoldOf.set(ours, theirs)
  const isSameGroup = ourScaffoldOf.get(theirs) === ours && theirScaffoldOf.get(ours) === theirs
  tally('scaffold, as groups', reference, isSameGroup)
}

function morganBits(mol: RdkitMol, radius: number): number[] {
  const options = JSON.stringify({ radius, nBits: MORGAN_BITS, useChirality: true })
  const bytes = mol.get_morgan_fp_as_uint8array(options)
  const bits: number[] = []
  for (const [k, byte] of bytes.entries()) for (let b = 0; b < 8; b++) if ((byte >> b) & 1) bits.push(8 * k + b)
  return bits
}

function sameBits(counts: SparseCounts, bits: readonly number[]): boolean {
  const folded = new Set(Array.from(counts.keys, key => key % MORGAN_BITS))
  return folded.size === bits.length && bits.every(bit => folded.has(bit))
}

/** The reference's SMILES as this toolkit writes it: RDKit's canonical order differs between its versions. */
function canonical(smiles: string): string {
  if (smiles === '') return ''
  return toolkit.withMol(smiles, mol => mol?.get_smiles() ?? `unreadable ${smiles}`)
}

/** What the unit tests keep: hot slots instead of rows, an atom's mass column last. */
function fixtureOf(reference: Reference, json: string, bits: Record<string, number[]>) {
  const {
    'feature-morgan-r2': featureMorgan,
    'atom-pairs': pairs,
    torsions,
    'morgan-count-r2': morgan,
  } = reference.counts
  return {
    smiles: reference.smiles,
    json,
    atoms: reference.atoms.map(row => row.map(([slot, value]) => (slot === MASS_SLOT ? value : slot))),
    bonds: reference.bonds.map(([a, b, row]) => [a, b, ...row.map(([slot]) => slot)]),
    counts: { 'morgan-count-r2': morgan, 'feature-morgan-r2': featureMorgan, 'atom-pairs': pairs, torsions },
    bits,
    triangles: reference.triangles,
    scaffold: canonical(reference.scaffold),
  }
}

function tally(name: string, reference: Reference, agrees: boolean): void {
  const entry = tallies.get(name) ?? { agree: 0, differ: 0 }
  tallies.set(name, entry)
  if (agrees) entry.agree++
  else {
    entry.differ++
    if (entry.differ <= Number(values.show)) console.log(`${name}: ${reference.smiles}`)
  }
}

function report(): void {
  console.log(
    `${molecules} molecules, ${skipped} skipped, ${toolkit.name}, ${(featureMs / molecules).toFixed(3)} ms of features each`,
  )
  for (const [name, { agree, differ }] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const note = differ > 0 && knownDifferences[name] ? `  known: ${knownDifferences[name]}` : ''
    console.log(`${name.padEnd(48)} ${String(agree).padStart(7)} agree ${String(differ).padStart(6)} differ${note}`)
    if (differ > 0 && !knownDifferences[name]) process.exitCode = 1
  }
  if (values.fixture) writeFileSync(values.fixture, fixtures.map(f => `${JSON.stringify(f)}\n`).join(''))
}
