/** A thread that reads structures with a toolkit of its own. Ended by `terminate`, which WebAssembly bears at any moment. */
import { parentPort } from 'node:worker_threads'
import type { Outcome } from '../structure-reader.ts'
import { StructureReader } from '../structure-reader.ts'
import { createToolkit } from '../toolkit.ts'
import { type DescribedStructure, readStructures, type StructureTask } from './read-structures.ts'

export interface StructureBatch {
  id: number
  tasks: readonly StructureTask[]
}
export interface StructureAnswer {
  id: number
  outcomes: Outcome<DescribedStructure>[]
}

if (parentPort === null) throw new Error('structure-thread.ts is the entry of a worker thread')
const port = parentPort
const reader = createToolkit().then(toolkit => new StructureReader(toolkit))
let turn = Promise.resolve()

// A failure is a bug: it ends the thread, and its error reaches whoever started it.
port.on('message', ({ id, tasks }: StructureBatch) => {
  turn = turn.then(async () => {
    const answer: StructureAnswer = { id, outcomes: await readStructures(await reader, tasks) }
    port.postMessage(answer)
  })
})
