/**
 * Entry of a trainer process. This thread answers the host and beats its heart; a worker thread trains. The process ends by itself
 * when the worker has ended, and only then: leaving in the middle of a run of ONNX Runtime aborts it.
 */
import { Worker } from 'node:worker_threads'
import { createChildChannel } from '../node/child-channel.ts'
import { toErrorBody } from '../shared/errors.ts'
import type { TrainerCommand, TrainerMessage } from '../shared/trainer-protocol.ts'
import { Control } from './control.ts'
import type { WorkerData } from './worker.ts'

const HEARTBEAT_MS = 5_000
/** Lets the last messages out where the channel does not say when they are. */
const FLUSH_MS = 50

const channel = createChildChannel<TrainerCommand, TrainerMessage>()
const control = new Control()
let worker: Worker | null = null

const heartbeat = setInterval(() => channel.send({ type: 'heartbeat', step: control.step }), HEARTBEAT_MS)

channel.onMessage(command => {
  channel.send({ type: 'acknowledged', command: command.type })
  obey(command)
})
// The host is gone, or the system wants the process gone: save and leave.
channel.onDisconnect(() => stop('pause'))
process.on('SIGTERM', () => stop('pause'))
channel.send({ type: 'ready', pid: process.pid })

function obey(command: TrainerCommand): void {
  switch (command.type) {
    case 'start':
      worker ??= startWorker({ runFolder: command.runFolder, probe: null })
      break
    case 'probe':
      worker ??= startWorker({ runFolder: command.runFolder, probe: command.request })
      break
    case 'cancel':
    case 'pause':
      stop(command.type)
      break
    case 'saveNow':
      control.requestSave()
      break
  }
}

function stop(request: 'cancel' | 'pause'): void {
  control.requestStop(request)
  if (worker) return
  channel.send({ type: 'stopped', by: request, step: 0, hasCheckpoint: false })
  leave(0)
}

function startWorker(task: Omit<WorkerData, 'control'>): Worker {
  const data: WorkerData = { ...task, control: control.buffer }
  const started = new Worker(workerFile(), { workerData: data })
  started.on('message', (message: TrainerMessage) => channel.send(message))
  started.on('error', error => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    channel.send({ type: 'failed', error: toErrorBody(error) })
  })
  started.on('exit', leave)
  return started
}

/** Beside this file: `worker.ts` in the source tree, `trainer-worker.js` in the bundle. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './worker.ts' : './trainer-worker.js', import.meta.url)
}

function leave(code: number): void {
  clearInterval(heartbeat)
  process.exitCode = code
  if (process.connected) process.disconnect()
  else setTimeout(() => process.exit(code), FLUSH_MS)
}
