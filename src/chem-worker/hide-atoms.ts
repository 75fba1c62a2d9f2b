import { encodeRecord } from '../chem/features/feature-record.ts'
import { featurise } from '../chem/features/featurise.ts'
import { featuriseHidden } from '../chem/features/hidden-atom.ts'
import { packRecords } from '../chem/features/record-block.ts'
import type { CallHandler } from './call.ts'
import { checkSections } from './featurise.ts'

/** On the canonical SMILES, so that whoever draws it numbers the atoms the same way. */
export const hideAtoms: CallHandler<'hideAtoms'> = async (input, { reader }) => {
  const sections = checkSections(input.sections)
  const kept = await reader.read(input.smiles, {}, ({ mol }) => mol.get_smiles())
  if ('refusal' in kept) return { ok: false, ...kept.refusal }
  const smiles = kept.value
  const records = await reader.read(smiles, {}, ({ molecule }) => [
    featurise(molecule, sections),
    ...featuriseHidden(molecule, sections),
  ])
  if ('refusal' in records) throw new Error(`RDKit refuses its own ${smiles}: ${records.refusal.message}`)
  return { ok: true, smiles, records: packRecords(records.value.map(record => encodeRecord(record, sections))) }
}
