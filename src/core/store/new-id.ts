/** Ids of everything that is stored: a prefix that says what it is and 12 random characters (62 bits). */
import { randomInt } from 'node:crypto'

export type IdPrefix = 'ds' | 'job' | 'mdl' | 'up' | 'prd'
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

export function newId(prefix: IdPrefix): string {
  let id = `${prefix}_`
  for (let i = 0; i < 12; i++) id += ALPHABET[randomInt(ALPHABET.length)]
  return id
}
