/** Chemistry worker: the process that reads untrusted structures and tables. See `shared/chem-protocol.ts`. */
import { createChildChannel } from '../node/child-channel.ts'
import type { ChemCommand, ChemMessage } from '../shared/chem-protocol.ts'
import { createCallQueue } from './call-queue.ts'
import { callHandlers } from './handlers.ts'
import { StructureReader } from './structure-reader.ts'
import { tableHandlers } from './tables/table-handlers.ts'
import { createToolkit } from './toolkit.ts'

/** How long the call in hand may take to notice that its host is gone. */
const FAREWELL_MS = 10_000

const channel = createChildChannel<ChemCommand, ChemMessage>()
const reader = new StructureReader(await createToolkit())
const queue = createCallQueue(reader, { ...callHandlers, ...tableHandlers }, message => channel.send(message))
channel.onMessage(command => queue.take(command))
channel.onDisconnect(() => {
  void queue.drain().then(() => process.exit(0))
  // Nobody is left who could end it.
  setTimeout(() => process.exit(1), FAREWELL_MS).unref()
})
channel.send({ type: 'ready', pid: process.pid, toolkit: reader.toolkit.name })
