/** A block of structures through the pool of chemistry workers and the models that answer. */

import type { FeaturisedBlock } from '../../shared/chem-protocol.ts'
import type { ErrorBody } from '../../shared/errors.ts'
import { AppError } from '../../shared/errors.ts'
import type { PredictedValue } from '../../shared/predictor-protocol.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import type { AnsweringModel } from './answering-models.ts'
import { valueAt } from './predict-smiles.ts'
import type { PredictorService } from './predictor-service.ts'

export interface BlockDeps {
  chemistry: Pick<ChemistryService, 'request'>
  predictor: PredictorService
}

/** What became of a structure: why it has no prediction at all, or what each model says. */
export type PredictedRow =
  | { error: ErrorBody }
  /** [models] `null` where a model gives no number. */
  | { error: null; values: (PredictedValue | null)[] }

/** A block takes a quarter of a second; one that takes this long has met a structure that RDKit never leaves. */
const BLOCK_DEADLINE_MS = 30_000
const PART_DEADLINE_MS = 10_000

/** [smiles]. Fails where a model cannot be asked; a structure that cannot be read, or that ends its worker, is its own error. */
export async function predictBlock(
  deps: BlockDeps,
  models: readonly AnsweringModel[],
  smiles: string[],
  signal: AbortSignal,
): Promise<PredictedRow[]> {
  const sections = [...new Set(models.flatMap(model => model.sections))]
  const parts = await featurise(deps, { smiles, sections, signal, deadlineMs: BLOCK_DEADLINE_MS })
  const rows = await Promise.all(parts.map(part => predictPart(deps, models, part, signal)))
  return rows.flat()
}

interface Part {
  smiles: string[]
  sections: string[]
  signal: AbortSignal
  deadlineMs: number
}

/** In pieces where the whole has ended its worker: halves, until the structure that does it stands alone. */
async function featurise(deps: BlockDeps, { smiles, sections, signal, deadlineMs }: Part): Promise<FeaturisedBlock[]> {
  try {
    const call = { process: 'pool', signal, deadlineMs } as const
    return [(await deps.chemistry.request('featuriseBlock', { smiles, sections }, call)).result]
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('ERR_9') || signal.aborted) throw error
    if (smiles.length === 1) return [refused(error)]
    const half = smiles.length >> 1
    const rest = { sections, signal, deadlineMs: PART_DEADLINE_MS }
    const [before, after] = await Promise.all([
      featurise(deps, { ...rest, smiles: smiles.slice(0, half) }),
      featurise(deps, { ...rest, smiles: smiles.slice(half) }),
    ])
    return [...before, ...after]
  }
}

function refused(error: AppError): FeaturisedBlock {
  return {
    records: { lengths: Uint32Array.of(0), bytes: new Uint8Array(0) },
    refusals: [{ position: 0, rule: error.code, message: error.message }],
  }
}

async function predictPart(
  { predictor }: BlockDeps,
  models: readonly AnsweringModel[],
  { records, refusals }: FeaturisedBlock,
  signal: AbortSignal,
): Promise<PredictedRow[]> {
  const blocks = await Promise.all(
    models.map(({ folder }) => predictor.predict({ modelFolder: folder, records, nearest: 0 }, { signal, bulk: true })),
  )
  const refusalAt = new Map(refusals.map(refusal => [refusal.position, refusal]))
  return Array.from(records.lengths, (_, position): PredictedRow => {
    const refusal = refusalAt.get(position)
    if (refusal !== undefined) return { error: errorOfRefusal(refusal) }
    const items = blocks.map(block => valueAt(block, position))
    const [first] = items
    if (first !== undefined && !first.ok) return { error: first.error }
    return { error: null, values: items.map(item => (item.ok ? item.value : null)) }
  })
}

/** A rule of the reader, or the code of what the structure did to its worker. */
function errorOfRefusal({ rule, message }: FeaturisedBlock['refusals'][number]): ErrorBody {
  if (rule.startsWith('ERR_9')) return { code: rule as ErrorBody['code'], message }
  return { code: 'ERR_2003', message, details: { rule } }
}
