/** Exploring a data set through the real handlers, with real chemistry workers. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MapEvent, SearchEvent, StructureSearch } from '../../shared/contract/explore.ts'
import { DATASET, type ExampleWorkspace, openExample } from '../jobs/fixtures/example-workspace.ts'
import { isInside } from './polygon.ts'
import { streamWork } from './stream-work.ts'

let example: ExampleWorkspace
beforeAll(async () => {
  example = await openExample()
})
afterAll(() => example.close())

async function search(wanted: StructureSearch): Promise<SearchEvent[]> {
  const events: SearchEvent[] = []
  for await (const event of await example.client.explore.search({ id: DATASET, search: wanted })) events.push(event)
  return events
}

async function find(wanted: StructureSearch) {
  const last = (await search(wanted)).at(-1)!
  if (last.type !== 'found') throw new Error(JSON.stringify(last))
  return last
}

describe('a search by substructure', { timeout: 60_000 }, () => {
  // How many of the 150 molecules RDKit finds the pattern in, and the first of them (Python, 2022.09).
  it.each([
    ['c1ccccc1F', 50, [6, 8, 9, 10, 11]],
    ['C(F)(F)F', 24, [3, 12, 16, 20, 28]],
    ['[nX3;H1]', 38, [0, 2, 4, 12, 21]],
    ['C#N', 12, [4, 5, 17, 39, 63]],
    ['[#7]1~[#6]~[#6]~[#8]~[#6]~[#6]1', 32, [8, 18, 19, 21, 22]],
    ['S(=O)(=O)C', 16, [20, 29, 36, 40, 47]],
    ['[N+]', 0, []],
    // The first pattern drawn with alternating bonds.
    ['FC1=CC=CC=C1', 50, [6, 8, 9, 10, 11]],
  ] as const)('finds %s where RDKit finds it', async (pattern, total, first) => {
    const { searchId, ...found } = await find({ kind: 'substructure', pattern })
    expect(found).toEqual({ type: 'found', total, refused: 0 })
    const page = await example.client.datasets.rows({ id: DATASET, searchId, limit: 5 })
    expect(page.rows.map(row => row.index)).toEqual(first)
    expect(page.total).toBe(total)
  })

  it('says what is wrong with a pattern', async () => {
    expect((await search({ kind: 'substructure', pattern: 'C(' })).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'ERR_2003' },
    })
  })

  it('tells how far it is', async () => {
    const events = await search({ kind: 'substructure', pattern: 'cN' })
    expect(events.length).toBeGreaterThan(1)
    expect(events.filter(event => event.type === 'progress').every(event => event.done <= (event.total ?? 0))).toBe(
      true,
    )
  })
})

describe('a search by similarity', { timeout: 60_000 }, () => {
  it('finds what RDKit finds, the most similar first', async () => {
    const { rows } = await example.client.datasets.rows({ id: DATASET, offset: 7, limit: 1 })
    const { searchId, total } = await find({ kind: 'similarity', smiles: rows[0]!.smiles, threshold: 0.5 })
    expect(total).toBe(4)
    const page = await example.client.datasets.rows({ id: DATASET, searchId, sort: 'similarity', descending: true })
    expect(page.rows.map(row => row.index)).toEqual([7, 56, 83, 113])
    for (const [i, similarity] of [1, 0.5769, 0.5213, 0.5056].entries()) {
      expect(page.rows[i]!.similarity).toBeCloseTo(similarity, 3)
    }
  })

  it('refuses what is no structure, and an id of another search or data set', async () => {
    expect((await search({ kind: 'similarity', smiles: 'C1CC', threshold: 0.5 })).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'ERR_2003' },
    })
    await expect(example.client.datasets.rows({ id: DATASET, searchId: 'abc' })).rejects.toMatchObject({
      data: { code: 'ERR_3004' },
    })
    await expect(
      example.client.explore.search({ id: 'ds_000000000000', search: { kind: 'substructure', pattern: 'C' } }),
    ).rejects.toMatchObject({ data: { code: 'ERR_3001' } })
  })
})

describe('the map', { timeout: 60_000 }, () => {
  async function map(): Promise<Extract<MapEvent, { type: 'placed' }>> {
    let last: MapEvent | undefined
    for await (const event of await example.client.explore.map({ id: DATASET })) last = event
    if (last?.type !== 'placed') throw new Error(JSON.stringify(last))
    return last
  }

  it('places every compound, keeps the places, and puts alike compounds together', async () => {
    const first = await map()
    expect(first).toMatchObject({ total: 150, rows: Array.from({ length: 150 }, (_, i) => i) })
    expect([...first.x, ...first.y].every(Number.isFinite)).toBe(true)
    const files = readdirSync(path.join(example.workspace, 'cache', 'features'))
    expect(files.filter(name => name.endsWith('-map-1.bin'))).toHaveLength(1)
    expect(await map()).toEqual(first)
    const { rows } = await example.client.datasets.rows({ id: DATASET, limit: 150 })
    expect(first.pX).toEqual(rows.map(row => row.pX))
  })

  it('finds the compounds inside a drawn area', async () => {
    const { x, y } = await map()
    const [middle, top] = [x.toSorted((a, b) => a - b)[75]!, 10]
    const polygon: [number, number][] = [
      [middle, -top],
      [top, -top],
      [top, top],
      [middle, top],
    ]
    const { searchId } = await find({ kind: 'area', polygon })
    const page = await example.client.datasets.rows({ id: DATASET, searchId, limit: 150 })
    const expected = x.flatMap((value, row) => (value > middle && Math.abs(y[row]!) < top ? [row] : []))
    // The places are told to four digits; the one at the edge may fall to either side.
    const found = new Set(page.rows.map(row => row.index))
    expect(expected.every(row => found.has(row))).toBe(true)
    expect(Math.abs(page.total - 75)).toBeLessThanOrEqual(1)
  })
})

it('sums scaffolds up as their rows say', async () => {
  await example.app.close()
  const { openStore } = await import('../store/open-store.ts')
  const store = await openStore(example.workspace)
  store.run("UPDATE dataset_rows SET scaffold = CASE row_index % 3 WHEN 0 THEN 'a' WHEN 1 THEN '' END")
  store.close()
  await example.reopen()
  const { rows } = await example.client.datasets.rows({ id: DATASET, limit: 150 })
  const { total, scaffolds } = await example.client.explore.scaffolds({ id: DATASET, sort: 'meanPX', limit: 10 })
  expect(total).toBe(3)
  for (const { scaffold, count, meanPX, sdPX } of scaffolds) {
    const members = rows.filter(row => row.scaffold === scaffold)
    const exact = members.filter(row => row.relation === '=').map(row => row.pX)
    const mean = exact.reduce((a, b) => a + b) / exact.length
    expect(count).toBe(members.length)
    expect(meanPX).toBeCloseTo(mean, 9)
    expect(sdPX).toBeCloseTo(
      Math.sqrt(exact.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (exact.length - 1)),
      9,
    )
  }
  expect(scaffolds.map(each => each.meanPX!)).toEqual(scaffolds.map(each => each.meanPX!).sort((a, b) => b - a))
}, 60_000)

describe('streamed work', () => {
  it('stops where nobody listens any more', async () => {
    let stopped = false
    const stream = streamWork<number>({
      work: ({ signal, tell }) =>
        new Promise(resolve => {
          tell(1)
          signal.addEventListener('abort', () => {
            stopped = true
            resolve(9)
          })
        }),
      failed: () => -1,
    })
    for await (const event of stream) {
      expect(event).toBe(1)
      break
    }
    expect(stopped).toBe(true)
  })

  it('skips progress that nobody took, never the outcome', async () => {
    const events: number[] = []
    const work = async ({ tell }: { tell(event: number): void }): Promise<number> => {
      for (let i = 0; i < 100; i++) tell(i)
      return 1000
    }
    for await (const event of streamWork<number>({ work, failed: () => -1 })) events.push(event)
    expect(events).toEqual([99, 1000])
    const failing = streamWork<number>({ work: () => Promise.reject(new Error('no')), failed: () => -1 })
    expect((await failing.next()).value).toBe(-1)
  })
})

it('tells inside from outside, also where a polygon is bent', () => {
  const bent = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 1],
    [0, 4],
  ] as const
  expect(isInside(bent, [1, 1])).toBe(true)
  expect(isInside(bent, [2, 3])).toBe(false)
  expect(isInside(bent, [5, 1])).toBe(false)
  expect(isInside(bent, [Number.NaN, Number.NaN])).toBe(false)
})
