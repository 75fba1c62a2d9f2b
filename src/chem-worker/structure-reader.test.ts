import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeRecord } from '../chem/features/feature-record.ts'
import { featurise } from '../chem/features/featurise.ts'
import type { SectionName } from '../chem/features/sections.ts'
import { moleculeFromJson } from '../chem/molecule.ts'
import { describeStructure, scaffoldSmiles } from './parse.ts'
import { StructureReader } from './structure-reader.ts'
import { createToolkit } from './toolkit.ts'

let reader: StructureReader
beforeAll(async () => {
  reader = new StructureReader(await createToolkit())
})

const references = readFileSync(new URL('../chem/fixtures/reference.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as { smiles: string; json: string; scaffold: string })

async function parse(text: string, neutralise = false) {
  const outcome = await reader.read(text, { neutralise }, structure => describeStructure(reader.toolkit, structure))
  return 'value' in outcome ? outcome.value : outcome.refusal
}

describe('what is kept of a structure', () => {
  it.each([
    ['aspirin, as it is', 'OC(=O)c1ccccc1OC(C)=O', 'CC(=O)Oc1ccccc1C(=O)O', [], []],
    [
      'a hydrochloride',
      'Cl.CNCCC(Oc1ccc(cc1)C(F)(F)F)c1ccccc1',
      'CNCCC(Oc1ccc(C(F)(F)F)cc1)c1ccccc1',
      ['Cl'],
      ['structure.fragmentRemoved'],
    ],
    [
      'a counter-ion larger than the drug',
      'CN(C)C(=N)NC(N)=N.OC(=O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O',
      'CN(C)C(=N)NC(=N)N',
      ['O=C(O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O'],
      ['structure.fragmentRemoved'],
    ],
    [
      'a charged counter-ion in another spelling',
      '[O-]C(=O)/C=C/C([O-])=O.C[NH2+]C.C[NH2+]CCc1ccccc1',
      'C[NH2+]CCc1ccccc1',
      ['C[NH2+]C', 'O=C([O-])/C=C/C(=O)[O-]'],
      ['structure.fragmentRemoved'],
    ],
    [
      'a 2:1 salt',
      'NCCc1ccccc1.NCCc1ccccc1.OS(=O)(=O)O',
      'NCCc1ccccc1',
      ['NCCc1ccccc1', 'O=S(=O)(O)O'],
      ['structure.fragmentRemoved', 'structure.copyRemoved'],
    ],
    ['nothing but a counter-ion', '[Na+].CC(=O)[O-]', 'CC(=O)[O-]', ['[Na+]'], ['structure.fragmentRemoved']],
    [
      'a small impurity',
      'CCCCCCCCCCCCCCc1ccccc1.CCCCN',
      'CCCCCCCCCCCCCCc1ccccc1',
      ['CCCCN'],
      ['structure.fragmentRemoved'],
    ],
  ])('%s', async (_, text, smiles, removed, changes) => {
    const parsed = await parse(text)
    expect(parsed).toMatchObject({ ok: true, smiles, changes })
    expect('removed' in parsed && parsed.removed.toSorted()).toEqual(removed.toSorted())
  })

  it.each([
    ['[Na+].[Cl-]', 'structure.inorganic', 'no carbon'],
    ['O', 'structure.inorganic', 'no carbon'],
    ['c1ccccc1CCN.c1ccccc1CCO', 'structure.mixture', '9 and 9 heavy atoms'],
    ['*CCN', 'structure.placeholder', 'atom 1'],
    ['C'.repeat(129), 'structure.tooLarge', 'at most 128 heavy atoms, got 129'],
    ['C1CC', 'structure.unparsable', 'unclosed ring'],
    ['CC(C)(C)(C)C', 'structure.unparsable', 'Explicit valence for atom # 1 C, 5, is greater than permitted'],
    ['c1cccc1', 'structure.unparsable', "Can't kekulize"],
    ['CC)C', 'structure.unparsable', 'around position 3'],
  ])('%s is refused with its reason', async (text, rule, message) => {
    const refusal = await parse(text)
    expect(refusal).toMatchObject({ rule })
    expect('message' in refusal && refusal.message).toContain(message)
  })

  it('takes 128 heavy atoms, however heavy the salt', async () => {
    expect(await parse(`${'C'.repeat(128)}.${'[Na+].'.repeat(20)}Cl`)).toMatchObject({ ok: true, heavyAtoms: 128 })
  })
})

describe('the structure key', () => {
  it('is the InChIKey, the same for every spelling and tautomer InChI knows', async () => {
    const aspirin = await parse('CC(=O)Oc1ccccc1C(=O)O')
    expect(aspirin).toMatchObject({ structureKey: 'BSYNRYMUTXBXSQ-UHFFFAOYSA-N' })
    expect(await parse('OC(=O)C1=C(C=CC=C1)OC(=O)C')).toMatchObject({ structureKey: 'BSYNRYMUTXBXSQ-UHFFFAOYSA-N' })
    const [left, right] = await Promise.all([parse('C[C@H](N)C(=O)O'), parse('C[C@@H](N)C(=O)O')])
    expect(left).not.toEqual(right)
  })
})

describe('neutralising', () => {
  it.each([
    ['[NH3+]CC([O-])=O', 'NCC(=O)O'],
    ['C[NH+](C)CCc1ccccc1', 'CN(C)CCc1ccccc1'],
    ['[O-]c1ccccc1', 'Oc1ccccc1'],
    ['c1cc[nH+]cc1', 'c1ccncc1'],
    ['C[N+](C)(C)CC(C([O-])=O)CC([O-])=O', 'C[N+](C)(C)CC(CC(=O)O)C(=O)[O-]'],
    ['NC(=[NH2+])N', 'N=C(N)N'],
    ['C[S-]', 'CS'],
  ])('makes %s into %s and says so', async (charged, smiles) => {
    expect(await parse(charged, true)).toMatchObject({ ok: true, smiles, changes: ['structure.neutralised'] })
  })

  it.each([
    'O=[N+]([O-])c1ccccc1',
    'C[N+](C)(C)CC(=O)[O-]',
    'C[N+](C)(C)CCO',
    '[O-][n+]1ccccc1',
    'CN=[N+]=[N-]',
    'CCO',
  ])('leaves %s as it is', async smiles => {
    expect(await parse(smiles, true)).toMatchObject({ ok: true, smiles, changes: [] })
  })

  it('is not done unless asked for', async () => {
    expect(await parse('C[NH3+]')).toMatchObject({ smiles: 'C[NH3+]', changes: [] })
  })
})

describe('the toolkit', () => {
  it('still gives the JSON that the reference tests were made with', async () => {
    for (const { smiles, json } of references) {
      const read = await reader.readWhole(smiles, mol => mol.get_json())
      expect(read).toEqual({ value: json })
    }
  })

  it('gives the scaffolds of RDKit’s MurckoScaffold', async () => {
    for (const { smiles, scaffold } of references) {
      const read = await reader.readWhole(smiles, mol =>
        scaffoldSmiles(reader.toolkit, moleculeFromJson(mol.get_json())),
      )
      expect(read, smiles).toEqual({ value: scaffold })
    }
  })

  it('survives a structure that crashes it', async () => {
    const outcome = await reader.readWhole('CCO', () => {
      throw Object.assign(new Error('memory access out of bounds'), { name: 'RuntimeError' })
    })
    expect(outcome).toMatchObject({
      refusal: { rule: 'structure.unparsable', message: expect.stringContaining('crashed') },
    })
    expect(await parse('CCO')).toMatchObject({ ok: true, smiles: 'CCO' })
  })

  it('passes errors of ours on', async () => {
    await expect(
      reader.readWhole('CCO', () => {
        throw new TypeError('ours')
      }),
    ).rejects.toThrow('ours')
  })
})

describe('features', () => {
  const sections: SectionName[] = [
    'morgan-count-r2-chiral',
    'morgan-count-r3-chiral',
    'feature-morgan-r2',
    'atom-pairs',
    'torsions',
  ]

  it('do not depend on how a molecule is written', async () => {
    for (const { smiles } of references) {
      const bytes = (mol: { get_json(): string }) =>
        Buffer.from(encodeRecord(featurise(moleculeFromJson(mol.get_json()), sections), sections)).toString('base64')
      const read = await reader.readWhole(smiles, mol => ({
        bytes: bytes(mol),
        spelling: mol.get_smiles('{"doRandom":true}'),
      }))
      if (!('value' in read)) throw new Error(`${smiles}: ${read.refusal.message}`)
      const again = await reader.readWhole(read.value.spelling, bytes)
      expect(again, `${smiles} as ${read.value.spelling}`).toEqual({ value: read.value.bytes })
    }
  })
})

describe('a molecule without the rest of what RDKit perceives', () => {
  const spellings = references.flatMap(({ smiles }) => {
    const plain = smiles.replaceAll(/[@/\\]/g, '')
    return [
      smiles,
      plain,
      `${plain}.Cl`,
      plain.replace('C', '[13CH2]'),
      plain.replace('N', '[NH+]'),
      plain.replace('(', '([2H])('),
    ]
  })

  it('is the same, whatever is written in its SMILES', async () => {
    const texts = [...new Set(spellings)]
    const molecules = await reader.readMolecules(texts)
    for (const [i, text] of texts.entries()) {
      expect(molecules[i], text).toEqual(await reader.read(text, {}, ({ molecule }) => molecule))
    }
    expect(molecules.filter(outcome => 'value' in outcome).length).toBeGreaterThan(200)
  })

  it.each(['C1CC', 'c1cccc1', 'CN(C)(C)(C)C', 'C[Xx]', '*C', '', 'C C', 'O'])(
    'is refused for the same reason: %s',
    async text => {
      const whole = await reader.read(text, {}, ({ molecule }) => molecule)
      expect(whole).toHaveProperty('refusal')
      expect(await reader.readMolecules(['CC', text, 'CCO'])).toEqual([
        await reader.read('CC', {}, ({ molecule }) => molecule),
        whole,
        await reader.read('CCO', {}, ({ molecule }) => molecule),
      ])
    },
  )
})
