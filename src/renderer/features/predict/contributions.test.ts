import { describe, expect, it } from 'vitest'
import { atomNames, drawnWeights, strongest } from './contributions.ts'

describe('drawnWeights', () => {
  it('gives the largest contribution the full colour', () => {
    expect(drawnWeights([0.5, -1, 0])).toEqual({ weights: [0.5, -1, 0], scale: 1 })
  })
  it('does not make much of little', () => {
    const { weights, scale } = drawnWeights([0.03, -0.03])
    expect(scale).toBe(0.3)
    expect(weights[0]).toBeCloseTo(0.1)
  })
})

it('strongest names what matters most, whichever way, and leaves out what does not', () => {
  expect(strongest([0.1, -0.4, 0.001, 0.4, 0], 3)).toEqual([
    { atom: 1, value: -0.4 },
    { atom: 3, value: 0.4 },
    { atom: 0, value: 0.1 },
  ])
})

it('atomNames reads the atoms of a SMILES in their order', () => {
  expect(atomNames('C[C@H](Cl)c1nc[nH]c1[N+](=O)[O-]')).toEqual([
    'C',
    'C',
    'Cl',
    'C',
    'N',
    'C',
    'N',
    'C',
    'N',
    'O',
    'O',
  ])
  expect(atomNames('[13CH3]Br')).toEqual(['C', 'Br'])
})
