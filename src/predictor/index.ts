/**
 * Entry of the predictor process: holds the models used last and answers one request after the other. Runs of ONNX Runtime block this
 * thread, so they are cut into small batches.
 */
import { createChildChannel } from '../node/child-channel.ts'
import { AppError, toErrorBody } from '../shared/errors.ts'
import type { PredictorCommand, PredictorMessage, PredictRequest } from '../shared/predictor-protocol.ts'
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

async function obey(command: PredictorCommand): Promise<void> {
  if (command.type === 'unload') return cache.unload(command.modelFolder)
  try {
    channel.send({ type: 'predicted', requestId: command.requestId, values: await answer(command) })
  } catch (error) {
    // A bug is told to the host as one, and its stack goes where the host logs it.
    if (!(error instanceof AppError)) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    channel.send({ type: 'failed', requestId: command.requestId, error: toErrorBody(error) })
  }
}

async function answer({ modelFolder, records, nearest }: PredictRequest) {
  return predict(await cache.get(modelFolder), { records, nearest })
}
