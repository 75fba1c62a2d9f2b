import { encodeRecord } from '../chem/features/feature-record.ts'
import { featurise as computeFeatures } from '../chem/features/featurise.ts'
import { isSectionName, SECTION_NAMES, type SectionName } from '../chem/features/sections.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { eachStructure } from './each-structure.ts'

export const featurise: CallHandler<'featurise'> = async (input, context) => {
  const sections = checkSections(input.sections)
  return eachStructure(input.smiles, context, ({ molecule }) => ({
    ok: true,
    record: encodeRecord(computeFeatures(molecule, sections), sections),
  }))
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
