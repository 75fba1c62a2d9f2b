import type { CallHandlers } from './call.ts'
import { depict } from './depict.ts'
import { featurise, featuriseBlock } from './featurise.ts'
import { featuriseFile } from './featurise-file.ts'
import { hideAtoms } from './hide-atoms.ts'
import { molblocks } from './molblocks.ts'
import { parse, scaffold } from './parse.ts'
import { similarityHandlers } from './similarity/similarity-handlers.ts'
import { substructure } from './substructure.ts'
import { tableHandlers } from './tables/table-handlers.ts'

/** What answers each call of `shared/chem-protocol.ts`. */
export const callHandlers: CallHandlers = {
  parse,
  featurise,
  featuriseBlock,
  featuriseFile,
  hideAtoms,
  depict,
  molblocks,
  substructure,
  scaffold,
  ...tableHandlers,
  ...similarityHandlers,
}
