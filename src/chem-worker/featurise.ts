import { encodeRecord } from '../chem/features/feature-record.ts'
import { featurise as computeFeatures } from '../chem/features/featurise.ts'
import { packRecords } from '../chem/features/record-block.ts'
import { isSectionName, SECTION_NAMES, type SectionName } from '../chem/features/sections.ts'
import { CHEM_LIMITS, type FeaturisedBlock } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { checkCount, eachItem } from './each-structure.ts'
import type { Outcome, StructureReader } from './structure-reader.ts'

/** Structures read at once: some ten milliseconds. */
export const READ_AT_ONCE = 32

export const featurise: CallHandler<'featurise'> = async (input, context) => {
  const sections = checkSections(input.sections)
  checkCount(input.smiles.length, CHEM_LIMITS.itemsPerCall)
  return eachItem(input.smiles, context, async text => {
    const [outcome] = await encodeFeatures(context.reader, [text], sections)
    return 'value' in outcome! ? { value: { ok: true as const, record: outcome.value } } : outcome!
  })
}

export const featuriseBlock: CallHandler<'featuriseBlock'> = async ({ smiles, sections: names }, context) => {
  const sections = checkSections(names)
  checkCount(smiles.length, CHEM_LIMITS.itemsPerCall)
  const records: (Uint8Array | null)[] = []
  const refusals: FeaturisedBlock['refusals'] = []
  for (let start = 0; start < smiles.length; start += READ_AT_ONCE) {
    const outcomes = await encodeFeatures(context.reader, smiles.slice(start, start + READ_AT_ONCE), sections)
    for (const outcome of outcomes) {
      if ('refusal' in outcome) refusals.push({ position: records.length, ...outcome.refusal })
      records.push('value' in outcome ? outcome.value : null)
    }
    context.progress(records.length, smiles.length)
    await context.breathe()
  }
  return { records: packRecords(records), refusals }
}

/** [texts] the feature record of each, or why there is none. */
export async function encodeFeatures(
  reader: StructureReader,
  texts: readonly string[],
  sections: readonly SectionName[],
): Promise<Outcome<Uint8Array>[]> {
  const molecules = await reader.readMolecules(texts)
  return molecules.map(outcome =>
    'value' in outcome ? { value: encodeRecord(computeFeatures(outcome.value, sections), sections) } : outcome,
  )
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
