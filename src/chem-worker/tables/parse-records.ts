/** Parses the records of a table in batches, several at a time, and hands them on in their order. */
import { inOrder } from '../in-order.ts'
import type { Structures } from '../structures/read-structures.ts'
import {
  type Draft,
  draftRecord,
  finishRecord,
  type ParsedRecord,
  type Problem,
  type RecordContext,
  structureTask,
} from './record-parser.ts'
import type { TableRow } from './record-reader.ts'
import type { IgnoredLines, TablePart } from './table-records.ts'

export type ParsedPart = { record: TableRow; parsed: ParsedRecord } | { ignored: IgnoredLines }

type DraftedPart = { record: TableRow; draft: Draft | { problem: Problem } } | { ignored: IgnoredLines }

/** A batch is some 100 ms of work for a thread, and of molblocks no more text than messages should have. */
const BATCH_PARTS = 64
const BATCH_CHARACTERS = 256 * 1024

export async function* parseRecords(
  parts: AsyncIterable<TablePart>,
  context: RecordContext,
  structures: Structures,
): AsyncGenerator<ParsedPart> {
  const finish = (batch: DraftedPart[]): Promise<ParsedPart[]> => finishBatch(batch, context, structures)
  for await (const batch of inOrder(batches(parts, context), finish, structures.width)) yield* batch
}

async function* batches(parts: AsyncIterable<TablePart>, context: RecordContext): AsyncGenerator<DraftedPart[]> {
  let batch: DraftedPart[] = []
  let characters = 0
  for await (const part of parts) {
    const drafted = 'ignored' in part ? part : { record: part.record, draft: draftRecord(part.record, context) }
    batch.push(drafted)
    if ('draft' in drafted && 'rest' in drafted.draft) characters += drafted.draft.structureText.length
    if (batch.length < BATCH_PARTS && characters < BATCH_CHARACTERS) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}

async function finishBatch(
  batch: readonly DraftedPart[],
  context: RecordContext,
  structures: Structures,
): Promise<ParsedPart[]> {
  const drafts = batch.flatMap(part => ('draft' in part && 'rest' in part.draft ? [part.draft] : []))
  const outcomes = await structures.read(drafts.map(draft => structureTask(draft, context)))
  let next = 0
  return batch.map(part => {
    if ('ignored' in part) return part
    const { record, draft } = part
    return { record, parsed: 'problem' in draft ? draft : finishRecord(draft, outcomes[next++]!, context) }
  })
}
