import { describe, expect, it } from 'vitest'
import { isPlainSmiles, parseSmilesText } from './smiles-text.ts'

describe('parseSmilesText', () => {
  it('takes every character of SMILES and trims blanks', () => {
    const smiles = 'C/C=C\\[C@@H]1CC%10(N)[13CH2+:3]=#$:~*.[Na+]->[Fe]%(100)&'
    expect(parseSmilesText(`  ${smiles}\r\n`)).toEqual({ smiles, droppedExtension: false })
  })

  it('drops a CXSMILES extension and says so', () => {
    expect(parseSmilesText('CC[C@H](N)O |&1:2,r|')).toEqual({ smiles: 'CC[C@H](N)O', droppedExtension: true })
  })

  it.each([
    ['', 'structure.empty', 'got nothing'],
    [' \t ', 'structure.empty', 'got nothing'],
    ['CCO ethanol', 'structure.notSmiles', 'several words'],
    ['CCO\nCCN', 'structure.notSmiles', 'character 4'],
    ['{"atoms":[]}', 'structure.notSmiles', 'character 1, "{"'],
    ['CC\u0000O', 'structure.notSmiles', 'character 3'],
    ['CCÖ', 'structure.notSmiles', 'character 3, "Ö"'],
    ['C'.repeat(10_001), 'structure.tooLong', 'at most 10000 characters, got 10001'],
    ['C'.repeat(401), 'structure.tooLarge', 'at most 400 atoms, got 401'],
    ['[13CH3]Cl'.repeat(201), 'structure.tooLarge', 'got 402'],
  ])('refuses %j', (text, rule, message) => {
    const parsed = parseSmilesText(text)
    expect(parsed).toMatchObject({ refusal: { rule } })
    expect('refusal' in parsed && parsed.refusal.message).toContain(message)
  })

  it('takes as many atoms as are allowed', () => {
    expect(parseSmilesText('C'.repeat(400))).toHaveProperty('smiles')
  })
})

describe('a plain SMILES', () => {
  it.each(['c1ccccc1', 'C[N+](C)(C)C', 'C[nH]C', '[13CH3]C', 'C#N', '[Na+]'])(
    '%s names neither stereo nor hydrogens',
    smiles => {
      expect(isPlainSmiles(smiles)).toBe(true)
    },
  )

  it.each(['C[C@H](N)O', 'F/C=C/F', 'F\\C=C\\F', '[H]C', '[2H]C', '[#1]C', 'C[13C@@H](N)O'])('%s is none', smiles => {
    expect(isPlainSmiles(smiles)).toBe(false)
  })
})
