import type { ChemCallKind, ChemCalls } from '../shared/chem-protocol.ts'
import type { StructureReader } from './structure-reader.ts'

/** What a call's handler works with. */
export interface CallContext<Item> {
  readonly reader: StructureReader
  /**
   * Queues an item for the host. Await it: it lets messages in from time to time, waits where the call is paced, and throws
   * ERR_4004 once the call is cancelled.
   */
  emit(item: Item): Promise<void>
  /** The same pause for work without items. */
  breathe(): Promise<void>
  /** Aborts, with ERR_4004 as its reason, once the call is cancelled: for work that waits on something else than items. */
  readonly signal: AbortSignal
  /** Told to the host at most ten times a second. */
  progress(done: number, total: number | null): void
}

export type CallHandler<K extends ChemCallKind> = (
  input: ChemCalls[K]['input'],
  context: CallContext<ChemCalls[K]['item']>,
) => Promise<ChemCalls[K]['result']>

export type CallHandlers<K extends ChemCallKind = ChemCallKind> = { readonly [Kind in K]: CallHandler<Kind> }
