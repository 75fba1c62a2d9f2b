/** What the sheets of a workbook need beside themselves: which there are, shared texts, how numbers are shown. */
import path from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { ZipArchive } from '../archives/zip-archive.ts'
import { type CellStyle, styleOfFormat, unescapeText } from './cell-text.ts'
import { readXml, type XmlHandlers } from './xml-events.ts'

export interface Workbook {
  sheets: { name: string; part: string; isHidden: boolean }[]
  is1904: boolean
  texts: string[]
  /** [cell style] */
  styles: CellStyle[]
}

const MAX_TEXT_CHARACTERS = 100_000_000
const PART = 'xl/workbook.xml'

export async function readWorkbook(zip: ZipArchive, breathe: () => Promise<void>): Promise<Workbook> {
  const targets = new Map<string, { type: string; target: string }>()
  const sheets: { name: string; id: string; isHidden: boolean }[] = []
  let is1904 = false
  const read = (part: string, handlers: XmlHandlers): Promise<void> => readPart(zip, part, handlers, breathe)
  await read(relationsOf(PART), {
    open: (name, { Id = '', Type = '', Target = '', TargetMode }) => {
      // External links are never followed.
      if (name === 'Relationship' && TargetMode !== 'External') targets.set(Id, { type: Type, target: Target })
    },
  })
  await read(PART, {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      if (name !== 'sheet') return
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? ''
      sheets.push({ name: attributes.name ?? '', id, isHidden: (attributes.state ?? 'visible') !== 'visible' })
    },
  })
  const partOf = (kind: string): string | null => {
    const found = [...targets.values()].find(({ type }) => type.endsWith(`/${kind}`))
    return found === undefined ? null : resolvePart(found.target)
  }
  const texts = partOf('sharedStrings')
  const styles = partOf('styles')
  return {
    is1904,
    sheets: sheets.flatMap(({ name, id, isHidden }) => {
      const target = targets.get(id)
      return target?.type.endsWith('/worksheet') ? [{ name, part: resolvePart(target.target), isHidden }] : []
    }),
    texts: texts === null ? [] : await readTexts(read, texts),
    styles: styles === null ? [] : await readStyles(read, styles),
  }
}

type ReadPart = (part: string, handlers: XmlHandlers) => Promise<void>

/** Rich text is the text of its runs; how it is pronounced (`rPh`) is no part of it. */
async function readTexts(read: ReadPart, part: string): Promise<string[]> {
  const texts: string[] = []
  let characters = 0
  let current = ''
  let isText = false
  let phonetic = 0
  await read(part, {
    open: name => {
      if (name === 'si') current = ''
      if (name === 'rPh') phonetic++
      isText = name === 't' && phonetic === 0
    },
    text: text => {
      if (!isText) return
      current += text
      characters += text.length
      if (characters > MAX_TEXT_CHARACTERS) {
        throw new AppError(
          'ERR_5003',
          `the workbook has more than ${MAX_TEXT_CHARACTERS} characters of text: save it as CSV`,
        )
      }
    },
    close: name => {
      isText = false
      if (name === 'rPh') phonetic--
      if (name === 'si') texts.push(unescapeText(current))
    },
  })
  return texts
}

async function readStyles(read: ReadPart, part: string): Promise<CellStyle[]> {
  const codes = new Map<number, string>()
  const formats: number[] = []
  let isCells = false
  await read(part, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
      if (name === 'cellXfs') isCells = true
      if (name === 'xf' && isCells) formats.push(Number(attributes.numFmtId ?? 0))
    },
    close: name => {
      if (name === 'cellXfs') isCells = false
    },
  })
  return formats.map(id => styleOfFormat(id, codes.get(id)))
}

async function readPart(
  zip: ZipArchive,
  part: string,
  handlers: XmlHandlers,
  breathe: () => Promise<void>,
): Promise<void> {
  const member = zip.members.find(({ name }) => name === part)
  if (member === undefined) throw new AppError('ERR_2005', `the workbook is damaged: ${part} is missing`)
  for await (const _ of readXml(await zip.open(member), part, handlers)) await breathe()
}

function relationsOf(part: string): string {
  return `${path.posix.dirname(part)}/_rels/${path.posix.basename(part)}.rels`
}

/** Relative to the workbook's own folder, or from the root. */
function resolvePart(target: string): string {
  return target.startsWith('/') ? target.slice(1) : path.posix.join('xl', target)
}
