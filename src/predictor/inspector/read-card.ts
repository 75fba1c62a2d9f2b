import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type ModelCard, modelCardSchema } from '../../shared/contract/models.ts'
import { PASSPORT_FILES, problemsOf } from '../../shared/passport.ts'
import { refusal } from './refuse.ts'

/** The card in a model's folder. ERR_7004 where it is none. */
export async function readCard(folder: string): Promise<ModelCard> {
  const text = await readFile(path.join(folder, PASSPORT_FILES.card), 'utf8')
  const refuse = (message: string, cause?: unknown) =>
    refusal('ERR_7004', { rule: 'passport.card', part: PASSPORT_FILES.card, message, cause })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw refuse('it is no JSON', error)
  }
  const parsed = modelCardSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw refuse(problemsOf(parsed.error))
}
