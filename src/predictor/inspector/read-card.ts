import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type AnyCard, anyCardSchema, type ModelCard, modelCardSchema } from '../../shared/contract/models.ts'
import { PASSPORT_FILES, problemsOf } from '../../shared/passport.ts'
import { refusal } from './refuse.ts'

/** The card of a model made by Bindery. ERR_7004 where it is none. */
export async function readCard(folder: string): Promise<ModelCard> {
  return readCardAs(folder, modelCardSchema)
}

/** The card in a model's folder. ERR_7004 where it is none. */
export async function readAnyCard(folder: string): Promise<AnyCard> {
  return readCardAs(folder, anyCardSchema)
}

interface Schema<T> {
  safeParse(json: unknown): { success: true; data: T } | { success: false; error: Parameters<typeof problemsOf>[0] }
}

async function readCardAs<T>(folder: string, schema: Schema<T>): Promise<T> {
  const text = await readFile(path.join(folder, PASSPORT_FILES.card), 'utf8')
  const refuse = (message: string, cause?: unknown) =>
    refusal('ERR_7004', { rule: 'passport.card', part: PASSPORT_FILES.card, message, cause })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw refuse('it is no JSON', error)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw refuse(problemsOf(parsed.error))
}
