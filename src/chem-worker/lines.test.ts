import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countLines, readLines } from './lines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bindery-lines-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function linesOf(content: string, maxCharacters = 100) {
  const file = path.join(folder, 'input.txt')
  await writeFile(file, content)
  const lines: (string | null)[] = []
  for await (const line of readLines(file, maxCharacters)) lines.push(line)
  expect(await countLines(file)).toBe(lines.length)
  return lines
}

describe('readLines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\r\nb', ['a', 'b']],
    ['\n\nx\n', ['', '', 'x']],
    ['a\rb\n', ['a\rb']],
  ])('splits %j', async (content, lines) => {
    expect(await linesOf(content)).toEqual(lines)
  })

  it('keeps characters whole that a chunk of the file splits', async () => {
    const long = `${'x'.repeat(65_535)}µ甲🙂`
    expect(await linesOf(`${long}\n${long}`, 70_000)).toEqual([long, long])
  })

  it('gives null for a line above the limit and goes on after it', async () => {
    expect(await linesOf(`a\n${'b'.repeat(101)}\nc\n${'d'.repeat(300_000)}\n${'e'.repeat(100)}`)).toEqual([
      'a',
      null,
      'c',
      null,
      'e'.repeat(100),
    ])
  })
})
