import type { CallHandlers } from './call.ts'
import { depict } from './depict.ts'
import { featurise } from './featurise.ts'
import { featuriseFile } from './featurise-file.ts'
import { parse, scaffold } from './parse.ts'
import { substructure } from './substructure.ts'

export type StructureCallKind = 'parse' | 'featurise' | 'featuriseFile' | 'depict' | 'substructure' | 'scaffold'

export const structureHandlers: CallHandlers<StructureCallKind> = {
  parse,
  featurise,
  featuriseFile,
  depict,
  substructure,
  scaffold,
}
