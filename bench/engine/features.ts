import { featurise } from '../../src/chem/features/featurise.ts'
import { SECTION_NAMES } from '../../src/chem/features/sections.ts'
import { moleculeFromJson } from '../../src/chem/molecule.ts'
import { createToolkit } from '../../src/chem-worker/toolkit.ts'

const ROUNDS = 3

/** On one thread; the best of some rounds after one that warms up. */
export async function measureFeatures(smiles: readonly string[]) {
  const toolkit = await createToolkit()
  const perSecond = (visit: (text: string) => void): number => {
    const rounds = Array.from({ length: ROUNDS + 1 }, () => {
      const start = performance.now()
      for (const text of smiles) visit(text)
      return performance.now() - start
    })
    return (1_000 * smiles.length) / Math.min(...rounds.slice(1))
  }
  const parse = perSecond(text => toolkit.withMol(text, mol => mol?.get_num_atoms()))
  const featurised = perSecond(text =>
    toolkit.withMol(text, mol => {
      if (!mol) throw new Error(`RDKit cannot read ${text}`)
      return featurise(moleculeFromJson(mol.get_json()), SECTION_NAMES)
    }),
  )
  return {
    molecules: smiles.length,
    parsedPerSecond: parse,
    featurisedPerSecond: featurised,
    share: featurised / parse,
  }
}
