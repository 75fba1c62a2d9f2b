/** From a file that was handed over to the table in it, whatever it is: an archive, a workbook, an SD file, text. */
import iconv from 'iconv-lite'
import { AppError } from '../../shared/errors.ts'
import type { TableFile } from '../../shared/table-protocol.ts'
import { type ChosenFile, chooseMember } from './archives/choose-member.ts'
import type { LayoutContext } from './line-layout.ts'
import type { TableLayout } from './record-reader.ts'
import { isSdText, readSdLayout } from './sdf/sd-layout.ts'
import { checkText, type Encoding, encodingOf, readHead, scanFile } from './text-encoding.ts'
import { readTextLayout } from './text-layout.ts'
import { readWorkbookLayout } from './workbook/workbook-layout.ts'

export interface OpenContext extends LayoutContext {
  progress: (done: number, total: number | null) => void
}

const HEAD_BYTES = 512 * 1024
const MAX_TRIED = 20

/** Throws ERR_2005, saying why, for a file that is no table of molecules, and the errors of archives. */
export async function openTable(input: TableFile, caller: OpenContext): Promise<TableLayout> {
  const context = withSignsOfLife(caller)
  const candidates = (await chooseMember(input, context)).slice(0, MAX_TRIED)
  for (const [i, candidate] of candidates.entries()) {
    try {
      return await openOne(candidate, input.sheet ?? null, context)
    } catch (error) {
      // Of several tables in an archive the first one with structures is shown; the reason of the last one is told.
      const isLast = i === candidates.length - 1
      if (isLast || !(error instanceof AppError) || error.code !== 'ERR_2005') throw error
    }
  }
  throw new Error('an archive without tables was unpacked')
}

async function openOne(
  { file, fileName, ...choice }: ChosenFile,
  sheet: string | null,
  context: OpenContext,
): Promise<TableLayout> {
  const head = await readHead(file, HEAD_BYTES)
  const isWorkbook = head[0] === 0x50 && head[1] === 0x4b
  if (!isWorkbook) checkText(head)
  const scan = await scanFile(file, context.breathe)
  if (isWorkbook) return { ...(await readWorkbookLayout({ file, sheet, scan }, context)), ...choice }
  const encoding = encodingOf(head, scan.isUtf8)
  const text = iconv.decode(wholeUnits(head, encoding), encoding, { stripBOM: true })
  if (isSdText(text)) return { ...(await readSdLayout(file, { scan, encoding }, context)), ...choice }
  const isWhole = scan.sizeBytes === head.length
  return { ...(await readTextLayout({ file, fileName, scan, encoding, text, isWhole }, context)), ...choice }
}

/** A head may end inside a UTF-16 unit; half a UTF-8 character at its end only spoils the last, incomplete record. */
function wholeUnits(head: Buffer, encoding: Encoding): Buffer {
  return encoding.startsWith('utf-16') ? head.subarray(0, head.length - (head.length % 2)) : head
}

/** Looking through a large file takes minutes without an item; whoever waits must see that it goes on. */
function withSignsOfLife(context: OpenContext): OpenContext {
  const breathe = async (): Promise<void> => {
    context.progress(0, null)
    await context.breathe()
  }
  return { ...context, breathe }
}
