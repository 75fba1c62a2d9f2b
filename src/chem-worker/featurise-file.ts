import type { FeatureRefusal } from '../chem/features/feature-file.ts'
import { REFUSALS, type Refusal } from '../chem/structure-rules.ts'
import { CHEM_LIMITS, type FeaturiseFileResult } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { writeFeatureFile } from './feature-file-writer.ts'
import { checkSections, encodeFeatures, READ_AT_ONCE } from './featurise.ts'
import { countLines, readLines } from './lines.ts'
import type { Outcome } from './structure-reader.ts'

/** Refusals in the answer; the file names all of them. */
const TOLD_REFUSALS = 1_000

/** Fails with ERR_3004 where the input is not there and ERR_5002 where the disk is full. */
export const featuriseFile: CallHandler<'featuriseFile'> = async (input, context) => {
  try {
    return await writeFeatures(input, context)
  } catch (error) {
    throw asFileError(error, input.outputFile)
  }
}

const writeFeatures: CallHandler<'featuriseFile'> = async (input, context) => {
  const sections = checkSections(input.sections)
  const readText = input.inputFile.endsWith('.jsonl') ? smilesOfJsonLine : smilesOfLine
  const total = await countLines(input.inputFile)
  const refusals: FeatureRefusal[] = []

  async function* records(): AsyncGenerator<Uint8Array | null> {
    let row = 0
    for await (const texts of inGroups(readTexts())) {
      for (const outcome of await featuresOf(texts)) {
        if ('refusal' in outcome) refusals.push({ row, ...outcome.refusal })
        yield 'value' in outcome ? outcome.value : null
        row++
      }
      context.progress(row, total)
      await context.breathe()
    }
  }

  async function* readTexts(): AsyncGenerator<LineText> {
    for await (const line of readLines(input.inputFile, CHEM_LIMITS.lineCharacters)) {
      yield line === null ? tooLongLine() : readText(line)
    }
  }

  async function featuresOf(texts: readonly LineText[]): Promise<Outcome<Uint8Array>[]> {
    const smiles = texts.filter(text => typeof text === 'string')
    const read = await encodeFeatures(context.reader, smiles, sections)
    return texts.map(text => (typeof text === 'string' ? read.shift()! : text))
  }

  const { toolkit } = context.reader
  const written = await writeFeatureFile(input.outputFile, records(), () => ({
    sections,
    toolkit: toolkit.name,
    refusals,
  }))
  return {
    ...written,
    accepted: written.rows - refusals.length,
    refused: refusals.length,
    refusals: refusals.slice(0, TOLD_REFUSALS),
  } satisfies FeaturiseFileResult
}

function asFileError(error: unknown, outputFile: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new AppError('ERR_3004', `no file ${path}`, { cause: error })
  if (code === 'ENOSPC') return new AppError('ERR_5002', `no space left for ${outputFile}`, { cause: error })
  return error
}

/** What a line holds, or why it holds nothing. */
type LineText = string | { refusal: Refusal }

async function* inGroups(texts: AsyncIterable<LineText>): AsyncGenerator<LineText[]> {
  let group: LineText[] = []
  for await (const text of texts) {
    group.push(text)
    if (group.length < READ_AT_ONCE) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function smilesOfLine(line: string): string {
  return line.trim().split(/\s/, 1)[0] ?? ''
}

function smilesOfJsonLine(line: string): string | { refusal: Refusal } {
  const smiles = parseJson(line)?.smiles
  if (typeof smiles === 'string') return smiles
  return { refusal: { rule: REFUSALS.notSmiles, message: 'expected {"smiles": "…"} on the line' } }
}

function parseJson(line: string): { smiles?: unknown } | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? (value as { smiles?: unknown } | null) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function tooLongLine(): { refusal: Refusal } {
  const message = `expected a line of at most ${CHEM_LIMITS.lineCharacters} characters`
  return { refusal: { rule: REFUSALS.tooLong, message } }
}
