import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countKeys, type SparseCounts } from '../fingerprints/sparse-counts.ts'
import { decodeRecord, encodeRecord } from './feature-record.ts'
import type { MolGraph } from './graph.ts'
import { type FeatureRecord, SECTION_CODES, SECTION_NAMES, type SectionName } from './sections.ts'

const counts: fc.Arbitrary<SparseCounts> = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 40 })
  .map(values => countKeys(Uint32Array.from(values)))

const graph: fc.Arbitrary<MolGraph> = fc
  .record({ atomCount: fc.integer({ min: 1, max: 12 }), bondCount: fc.integer({ min: 0, max: 12 }) })
  .chain(({ atomCount, bondCount }) =>
    fc.record({
      atomCount: fc.constant(atomCount),
      bondCount: fc.constant(bondCount),
      atomCodes: fc.uint8Array({ minLength: 7 * atomCount, maxLength: 7 * atomCount }),
      atomMass: fc.float32Array({ minLength: atomCount, maxLength: atomCount, noNaN: true }),
      bondCodes: fc.uint8Array({ minLength: 4 * bondCount, maxLength: 4 * bondCount }),
      bondAtoms: fc.uint16Array({ minLength: 2 * bondCount, maxLength: 2 * bondCount }),
    }),
  )

const record: fc.Arbitrary<FeatureRecord> = fc.record({
  'graph.chemprop-v1': graph,
  'morgan-count-r2-chiral': counts,
  'morgan-count-r3-chiral': counts,
  'morgan-count-r2': counts,
  'morgan-count-r3': counts,
  'feature-morgan-r2': counts,
  'atom-pairs': counts,
  torsions: counts,
  'feature-atom-pairs': counts,
  'linear-paths': counts,
  'descriptors-1': fc.float32Array({ maxLength: 20, noNaN: true }),
})
const sections = fc
  .subarray(SECTION_NAMES, { minLength: 1 })
  .chain(names => fc.shuffledSubarray(names, { minLength: names.length }))

describe('feature records', () => {
  it('come back as they were, for any sections in any order, from any address', () => {
    fc.assert(
      fc.property(record, sections, fc.integer({ min: 0, max: 7 }), (original, names, shift) => {
        const encoded = encodeRecord(original, names)
        expect(encoded.byteLength % 4).toBe(0)
        // A Buffer, because it differs from its base class in what `slice` copies.
        const moved = Buffer.alloc(encoded.byteLength + shift)
        moved.set(encoded, shift)
        const decoded = decodeRecord(moved.subarray(shift), names)
        for (const name of names) expect(decoded[name]).toEqual(original[name])
      }),
    )
  })

  it('give one section without the others', () => {
    fc.assert(
      fc.property(record, original => {
        const decoded = decodeRecord(encodeRecord(original, SECTION_NAMES), ['atom-pairs'])
        expect(decoded).toEqual({ 'atom-pairs': original['atom-pairs'] })
      }),
    )
  })

  it('never give features from damaged bytes of another length', () => {
    fc.assert(
      fc.property(record, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (original, share) => {
        const encoded = encodeRecord(original, SECTION_NAMES)
        const cut = encoded.slice(0, Math.floor(encoded.byteLength * share))
        expect(() => decodeRecord(cut, SECTION_NAMES)).toThrow(/Feature (record|section)/)
      }),
    )
  })

  it('name the section that is missing', () => {
    const encoded = encodeRecord({ torsions: countKeys(Uint32Array.of(1, 2, 2)) }, ['torsions'])
    expect(() => decodeRecord(encoded, ['atom-pairs'])).toThrow('no section "atom-pairs"')
  })

  it('keep the released bytes of a section', () => {
    const encoded = encodeRecord({ torsions: countKeys(Uint32Array.of(7, 2, 2)) }, ['torsions'])
    expect(Buffer.from(encoded).toString('hex')).toBe(
      '01000000' + '06000000' + '10000000' + '02000000' + '02000000' + '07000000' + '0200' + '0100',
    )
  })

  it('keep the released codes', () => {
    const released: Record<SectionName, number> = {
      'graph.chemprop-v1': 1,
      'morgan-count-r2-chiral': 2,
      'morgan-count-r3-chiral': 3,
      'feature-morgan-r2': 4,
      'atom-pairs': 5,
      torsions: 6,
      'feature-atom-pairs': 7,
      'linear-paths': 8,
      'descriptors-1': 9,
      'morgan-count-r2': 10,
      'morgan-count-r3': 11,
    }
    expect(SECTION_CODES).toEqual(released)
  })
})
