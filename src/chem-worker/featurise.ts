import { encodeRecord } from '../chem/features/feature-record.ts'
import { featurise as computeFeatures } from '../chem/features/featurise.ts'
import { packRecords } from '../chem/features/record-block.ts'
import { isSectionName, SECTION_NAMES, type SectionName } from '../chem/features/sections.ts'
import { CHEM_LIMITS, type FeaturisedBlock } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { checkCount, eachStructure } from './each-structure.ts'

export const featurise: CallHandler<'featurise'> = async (input, context) => {
  const sections = checkSections(input.sections)
  return eachStructure(
    input.smiles,
    context,
    ({ molecule }) => ({ ok: true, record: encodeRecord(computeFeatures(molecule, sections), sections) }),
    { moleculeOnly: true },
  )
}

export const featuriseBlock: CallHandler<'featuriseBlock'> = async ({ smiles, sections: names }, context) => {
  const sections = checkSections(names)
  checkCount(smiles.length, CHEM_LIMITS.itemsPerCall)
  const records: (Uint8Array | null)[] = []
  const refusals: FeaturisedBlock['refusals'] = []
  for (const [position, text] of smiles.entries()) {
    const outcome = await context.reader.read(text, { moleculeOnly: true }, ({ molecule }) =>
      encodeRecord(computeFeatures(molecule, sections), sections),
    )
    if ('refusal' in outcome) refusals.push({ position, ...outcome.refusal })
    records.push('value' in outcome ? outcome.value : null)
    context.progress(position + 1, smiles.length)
    await context.breathe()
  }
  return { records: packRecords(records), refusals }
}

/** Throws ERR_2001 for an empty list, a name that is not a section and a name that comes twice. */
export function checkSections(names: readonly string[]): SectionName[] {
  const isSound = names.length > 0 && names.every(isSectionName) && new Set(names).size === names.length
  if (!isSound) {
    throw new AppError(
      'ERR_2001',
      `sections: expected different ones of ${SECTION_NAMES.join(', ')}, got [${names.join(', ')}]`,
    )
  }
  return names as SectionName[]
}
