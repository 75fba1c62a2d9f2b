import { CHEM_LIMITS, type ListResult, type RefusedStructure } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallContext } from './call.ts'
import type { Outcome, ReadOptions, Structure } from './structure-reader.ts'

/** Emits what `read` makes of each input, or its refusal; one item for each input, in order. */
export async function eachItem<Input, Item extends { ok: true }>(
  inputs: readonly Input[],
  context: CallContext<Item | RefusedStructure>,
  read: (input: Input) => Promise<Outcome<Item>>,
): Promise<ListResult> {
  const result = { accepted: 0, refused: 0 }
  for (const [position, input] of inputs.entries()) {
    const outcome = await read(input)
    if ('value' in outcome) {
      result.accepted++
      await context.emit(outcome.value)
    } else {
      result.refused++
      await context.emit({ ok: false, ...outcome.refusal })
    }
    context.progress(position + 1, inputs.length)
  }
  return result
}

/** The same over SMILES, for what is made of the kept fragment. */
export async function eachStructure<Item extends { ok: true }>(
  smiles: readonly string[],
  context: CallContext<Item | RefusedStructure>,
  use: (structure: Structure) => Item,
  options: ReadOptions = {},
): Promise<ListResult> {
  checkCount(smiles.length, CHEM_LIMITS.itemsPerCall)
  return eachItem(smiles, context, text => context.reader.read(text, options, use))
}

/** Throws ERR_5003. */
export function checkCount(count: number, limit: number): void {
  if (count > limit) throw new AppError('ERR_5003', `expected at most ${limit} structures in a call, got ${count}`)
}
