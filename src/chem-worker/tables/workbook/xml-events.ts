/** XML of a workbook's parts as events. No DTD is read, no entity beyond XML's own five is known, nothing is fetched. */
import type { Readable } from 'node:stream'
import { SaxesParser } from 'saxes'
import { AppError } from '../../../shared/errors.ts'

export interface XmlHandlers {
  /** Names of elements come without their namespace's prefix. */
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

/** Feeds the handlers; yields after each block of bytes, so that the caller can take what has come together. */
export async function* readXml(bytes: Readable, part: string, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false })
  let failure: Error | null = null
  parser.on('error', error => {
    failure ??= error
  })
  parser.on('doctype', () => {
    failure ??= new Error('it has a document type, which workbooks never have')
  })
  parser.on('opentag', tag => handlers.open?.(plain(tag.name), tag.attributes))
  parser.on('text', text => handlers.text?.(text))
  parser.on('cdata', text => handlers.text?.(text))
  parser.on('closetag', tag => handlers.close?.(plain(tag.name)))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = (): void => {
    if (failure !== null) throw new AppError('ERR_2005', `the workbook is damaged: ${part}: ${failure.message}`)
  }
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      parser.write(decode(decoder, chunk, part))
      check()
      yield
    }
    parser.write(decode(decoder, null, part)).close()
    check()
    yield
  } finally {
    bytes.destroy()
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | null, part: string): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new AppError('ERR_2005', `the workbook is damaged: ${part} is no UTF-8`)
  }
}

function plain(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
