/** Rows of the simulated example for tests that need real molecules with values: header and lines as the file has them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../../resources/example/simulated-assay.csv')

export function exampleRows(count: number): { header: string; lines: string[] } {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  return { header, lines: lines.slice(0, count) }
}
