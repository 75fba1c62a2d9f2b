/** The thread that assembles batches ahead of the training step. It runs no ONNX Runtime, so it may be ended at any moment. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { recipeOf } from '../../recipes/registry.ts'
import { openFeatureTable } from '../feature-table.ts'
import { type AssemblySource, assembleBatch, buffersOf, bytesOf } from './assemble-batch.ts'
import { batchesFrom, type PlannedBatch, validationBatches } from './batch-order.ts'
import {
  AHEAD,
  type BatchThreadCommand,
  type BatchThreadData,
  type BatchThreadMessage,
  KEPT_VALIDATION_BYTES,
} from './batch-protocol.ts'

const port = parentPort
if (!port) throw new Error('Batches are assembled in a thread that the trainer starts')

const { featureFile, recipe, settings, y, bound, seed } = workerData as BatchThreadData
const { sections, createParts } = recipeOf(recipe)
const { network } = createParts(settings)
if (!network) throw new Error(`${recipe} trains no network`)
const table = openFeatureTable(featureFile, sections, y.length)

/** What is being made now, and what of it has not been taken yet. */
let stream: { readonly id: number; readonly source: AssemblySource; readonly planned: Iterator<PlannedBatch> } | null =
  null
let ahead = { batches: 0, bytes: 0 }
/** Of the stream's first validation, as far as it has come. */
let validationBytes = 0
let isWorking = false

port.on('message', (command: BatchThreadCommand) => {
  if (command.type === 'begin') begin(command)
  else if (command.stream === stream?.id) {
    ahead = { batches: ahead.batches - 1, bytes: ahead.bytes - command.bytes }
  }
  if (!isWorking) void work()
})

function begin({ stream: id, member, fold, scale, from }: Extract<BatchThreadCommand, { type: 'begin' }>): void {
  const { epochs, batchSize } = network!.plan
  const order = { seed, member, fold, epochs, batchSize }
  const isKept = () => validationBytes > 0 && validationBytes <= KEPT_VALIDATION_BYTES
  const planned = from === 'validation' ? validationBatches(fold) : batchesFrom(order, from, isKept)
  const records = (rows: readonly number[]) => table.records(rows)
  stream = { id, source: { model: network!, records, y, bound, seed, member, scale }, planned }
  ahead = { batches: 0, bytes: 0 }
  validationBytes = 0
}

/** One batch at a time, looking at the messages in between, until there is no room or nothing left. */
async function work(): Promise<void> {
  isWorking = true
  try {
    while (stream !== null && hasRoom()) {
      const { id, source, planned } = stream
      const next = planned.next()
      if (next.done) break
      const batch = assembleBatch(source, next.value)
      const bytes = bytesOf(batch.tensors)
      if (batch.kind === 'validation') validationBytes += bytes
      ahead = { batches: ahead.batches + 1, bytes: ahead.bytes + bytes }
      tell({ type: 'batch', stream: id, batch, bytes }, buffersOf(batch.tensors))
      await nextTurn()
    }
  } catch (error) {
    tell({ type: 'failed', error }, [])
    port!.close()
  } finally {
    isWorking = false
  }
}

function hasRoom(): boolean {
  return ahead.batches === 0 || (ahead.batches < AHEAD.batches && ahead.bytes < AHEAD.bytes)
}

function tell(message: BatchThreadMessage, transferred: readonly ArrayBuffer[]): void {
  port!.postMessage(message, [...transferred])
}
