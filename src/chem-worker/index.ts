/** Chemistry worker: the process that reads untrusted structures and tables. See `shared/chem-protocol.ts`. */
import { createChildChannel } from '../node/child-channel.ts'
import type { ChemCommand, ChemMessage } from '../shared/chem-protocol.ts'
import { createCallQueue } from './call-queue.ts'
import { callHandlers } from './handlers.ts'
import { StructureReader } from './structure-reader.ts'
import { tableHandlers } from './tables/table-handlers.ts'
import { createToolkit } from './toolkit.ts'

const channel = createChildChannel<ChemCommand, ChemMessage>()
const reader = new StructureReader(await createToolkit())
const queue = createCallQueue(reader, { ...callHandlers, ...tableHandlers }, message => channel.send(message))
channel.onMessage(command => queue.take(command))
channel.onDisconnect(() => void queue.drain().then(() => process.exit(0)))
channel.send({ type: 'ready', pid: process.pid, toolkit: reader.toolkit.name })
