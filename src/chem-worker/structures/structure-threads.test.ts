import { afterAll, beforeAll, expect, it } from 'vitest'
import { StructureReader } from '../structure-reader.ts'
import { createToolkit } from '../toolkit.ts'
import { readStructures, type Structures, type StructureTask } from './read-structures.ts'
import { startStructureThreads } from './structure-threads.ts'

let threads: Structures
beforeAll(() => {
  threads = startStructureThreads(2)
})
afterAll(() => threads.close())

const chain = (length: number): StructureTask => ({
  text: `${'C'.repeat(length)}c1ccccc1C(=O)[O-].[Na+]`,
  neutralise: length % 2 === 0,
})
const batches: StructureTask[][] = [
  [chain(1), { text: 'not a structure' }, chain(2)],
  [],
  ...Array.from({ length: 12 }, (_, i) => [chain(i + 3), { text: 'C1CC' }, { text: 'OCC(O)C1CCCCC1' }]),
]

it('reads what one reader reads, whichever thread has it', async () => {
  const reader = new StructureReader(await createToolkit())
  const all = await Promise.all(batches.map(batch => threads.read(batch)))
  for (const [i, batch] of batches.entries()) expect(all[i]).toEqual(await readStructures(reader, batch))
  expect(all[0]![0]).toMatchObject({
    value: { structure: { smiles: 'Cc1ccccc1C(=O)[O-]', removed: ['[Na+]'] }, scaffold: 'c1ccccc1' },
  })
  expect(all[0]![1]).toMatchObject({ refusal: { rule: 'structure.notSmiles' } })
  expect(all[0]![2]).toMatchObject({ value: { structure: { smiles: 'CCc1ccccc1C(=O)O' } } })
})

it('fails what waits when the threads are ended, and what comes later', async () => {
  const ended = startStructureThreads(1)
  const waiting = ended.read([chain(1)])
  const failure = expect(waiting).rejects.toMatchObject({ code: 'ERR_9001' })
  await ended.close()
  await failure
  await expect(ended.read([chain(1)])).rejects.toMatchObject({ code: 'ERR_9001' })
})

it('fails what waits with the reason it is ended for, at once', async () => {
  const ended = startStructureThreads(1)
  const reason = new Error('the call was cancelled')
  const failures = Promise.allSettled([ended.read(batches[2]!), ended.read(batches[3]!)])
  await ended.close(reason)
  expect(await failures).toEqual([1, 2].map(() => ({ status: 'rejected', reason })))
})
