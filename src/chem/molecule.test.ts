import { describe, expect, it } from 'vitest'
import { BondStereo, BondType, ChiralTag, CipCode, moleculeFromJson } from './molecule.ts'

const defaults = {
  atom: { z: 6, impHs: 0, chg: 0, nRad: 0, isotope: 0, stereo: 'unspecified' },
  bond: { bo: 1, stereo: 'unspecified' },
}

function read(molecule: unknown) {
  return moleculeFromJson(JSON.stringify({ rdkitjson: { version: 12 }, defaults, molecules: [molecule] }))
}

describe('moleculeFromJson', () => {
  it('fills in the defaults of the document', () => {
    const molecule = moleculeFromJson(
      JSON.stringify({
        rdkitjson: { version: 12 },
        defaults: { ...defaults, atom: { ...defaults.atom, z: 7, impHs: 3 } },
        molecules: [{ atoms: [{}, { z: 1, isotope: 2, chg: 1 }] }],
      }),
    )
    expect([...molecule.atomicNumber]).toEqual([7, 1])
    expect([...molecule.hydrogens]).toEqual([3, 3])
    expect([...molecule.isotope]).toEqual([0, 2])
    expect([...molecule.charge]).toEqual([0, 1])
    expect(molecule.bondCount).toBe(0)
  })

  it('lists neighbours and rings of a bicycle with a tail', () => {
    const molecule = read({
      atoms: [{}, {}, {}, {}, {}],
      bonds: [
        [0, 1],
        [1, 2],
        [2, 0],
        [2, 3],
        [3, 1],
        [3, 4],
      ].map(atoms => ({ atoms })),
      extensions: [
        {
          name: 'rdkitRepresentation',
          atomRings: [
            [0, 1, 2],
            [1, 2, 3],
          ],
        },
      ],
    })
    expect([...molecule.atomRingCount]).toEqual([1, 2, 2, 1, 0])
    expect([...molecule.bondInRing]).toEqual([1, 1, 1, 1, 1, 0])
    const neighbors = (atom: number) =>
      [...molecule.neighborAtom.subarray(molecule.neighborStart[atom], molecule.neighborStart[atom + 1])].sort()
    expect([0, 1, 2, 3, 4].map(neighbors)).toEqual([[1, 2], [0, 2, 3], [0, 1, 3], [1, 2, 4], [3]])
  })

  it('marks aromatic atoms and bonds and keeps the Kekulé orders', () => {
    const molecule = read({
      atoms: [{ impHs: 1 }, { impHs: 1 }],
      bonds: [{ bo: 2, atoms: [0, 1] }],
      extensions: [{ name: 'rdkitRepresentation', aromaticAtoms: [0, 1], aromaticBonds: [0], cipCodes: [[1, 'S']] }],
    })
    expect([...molecule.aromaticAtom]).toEqual([1, 1])
    expect([...molecule.bondType]).toEqual([BondType.aromatic])
    expect([...molecule.kekuleOrder]).toEqual([2])
    expect([...molecule.cip]).toEqual([CipCode.none, CipCode.s])
  })

  it('keeps tetrahedral tags and says "other" to what it does not know', () => {
    const molecule = read({ atoms: [{ stereo: 'cw' }, { stereo: 'ccw' }, {}, { stereo: 'octahedral' }] })
    expect([...molecule.chirality]).toEqual([
      ChiralTag.clockwise,
      ChiralTag.counterClockwise,
      ChiralTag.unspecified,
      ChiralTag.other,
    ])
  })

  /** 1-bromo-1-fluoro-2-chloroethene: F(0) Br(1) C(2)=C(3) Cl(4). */
  function haloethene(stereo: string, stereoAtoms: [number, number], cipRanks?: number[]) {
    return read({
      atoms: [{ z: 9 }, { z: 35 }, {}, { impHs: 1 }, { z: 17 }],
      bonds: [{ atoms: [0, 2] }, { atoms: [1, 2] }, { atoms: [2, 3], bo: 2, stereo, stereoAtoms }, { atoms: [3, 4] }],
      extensions: [{ name: 'rdkitRepresentation', ...(cipRanks ? { cipRanks } : {}) }],
    }).bondStereo[2]
  }
  const ranks = [2, 4, 0, 1, 3]

  it('names a double bond E or Z by its higher-ranked neighbours, whichever ones the JSON names', () => {
    expect(haloethene('cis', [1, 4], ranks)).toBe(BondStereo.z)
    expect(haloethene('trans', [1, 4], ranks)).toBe(BondStereo.e)
    expect(haloethene('cis', [0, 4], ranks)).toBe(BondStereo.e)
    expect(haloethene('trans', [0, 4], ranks)).toBe(BondStereo.z)
  })

  it('keeps cis and trans where no ranks are given, and "either" as any', () => {
    expect(haloethene('cis', [0, 4])).toBe(BondStereo.cis)
    expect(haloethene('trans', [0, 4])).toBe(BondStereo.trans)
    expect(haloethene('either', [0, 4], ranks)).toBe(BondStereo.any)
    expect(haloethene('unspecified', [0, 4], ranks)).toBe(BondStereo.none)
  })

  it('refuses a document without a molecule', () => {
    expect(() => moleculeFromJson(JSON.stringify({ defaults, molecules: [] }))).toThrow('without a molecule')
  })
})
