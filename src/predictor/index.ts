/**
 * Entry of the predictor process: holds the models used last and obeys one command after the other. Runs of ONNX Runtime block this
 * thread, so they are cut into small batches, between which the heartbeat gets its turn.
 */
import { createChildChannel } from '../node/child-channel.ts'
import { AppError, toErrorBody } from '../shared/errors.ts'
import { HEARTBEAT_MS, type PredictorCommand, type PredictorMessage } from '../shared/predictor-protocol.ts'
import { ModelCache } from './model-cache.ts'
import { predict } from './predict.ts'

const channel = createChildChannel<PredictorCommand, PredictorMessage>()
const cache = new ModelCache()
/** The end of the last command; never rejects. */
let idle: Promise<void> = Promise.resolve()

channel.onMessage(command => {
  idle = idle.then(() => obey(command))
})
// There is nothing to save: a run in progress ends first, because it blocks this thread.
channel.onDisconnect(() => process.exit(0))
channel.send({ type: 'ready', pid: process.pid })
setInterval(beat, HEARTBEAT_MS)

function beat(): void {
  channel.send({ type: 'heartbeat', stats: cache.stats })
}

async function obey(command: PredictorCommand): Promise<void> {
  if (command.type === 'unload') {
    await cache.unload(command.modelFolder)
    beat()
    return
  }
  const { requestId } = command
  const { misses } = cache.stats
  try {
    channel.send(await answer(command))
  } catch (error) {
    // A bug is told to the host as one, and its stack goes where the host logs it.
    if (!(error instanceof AppError)) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    channel.send({ type: 'failed', requestId, error: toErrorBody(error) })
  }
  if (cache.stats.misses !== misses) beat()
}

async function answer(command: Exclude<PredictorCommand, { type: 'unload' }>): Promise<PredictorMessage> {
  const { requestId, modelFolder } = command
  const model = await cache.get(modelFolder)
  if (command.type === 'load') return { type: 'loaded', requestId }
  return { type: 'predicted', requestId, ...(await predict(model, command)) }
}
