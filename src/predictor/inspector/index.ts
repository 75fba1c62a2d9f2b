/**
 * Entry of an inspector: looks into the files of one model and is thrown away. Whatever they do to it (a crash of the runtime, memory
 * without end, a run that never returns) happens here, and the host, which watches, says so.
 */
import { createChildChannel } from '../../node/child-channel.ts'
import { AppError, toErrorBody } from '../../shared/errors.ts'
import type { InspectorCommand, InspectorMessage, InspectorProgress } from '../../shared/inspector-protocol.ts'
import { describeModel } from './describe.ts'
import { evaluateModel } from './evaluate.ts'
import { lookAtForeign } from './foreign/look.ts'
import { takeForeign } from './foreign/take.ts'
import { curveOfModel } from './learning-curve.ts'
import { openPassport } from './open-passport.ts'
import { verifyFolder } from './verify.ts'

const channel = createChildChannel<InspectorCommand, InspectorMessage | { type: 'ready'; pid: number }>()
channel.onMessage(command => void obey(command))
channel.onDisconnect(() => process.exit(0))
channel.send({ type: 'ready', pid: process.pid })

async function obey(command: InspectorCommand): Promise<void> {
  const tell = (progress: InspectorProgress): void => channel.send({ type: 'progress', ...progress })
  try {
    channel.send({ type: 'answered', result: await answer(command, tell) })
  } catch (error) {
    if (!(error instanceof AppError)) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    channel.send({ type: 'failed', error: toErrorBody(error) })
  }
}

function answer(command: InspectorCommand, tell: (progress: InspectorProgress) => void): Promise<unknown> {
  if (command.type === 'openPassport') return openPassport(command, tell)
  if (command.type === 'verify') return verifyFolder(command.folder, tell)
  if (command.type === 'evaluate') return evaluateModel(command.folder, tell)
  if (command.type === 'learningCurve') return curveOfModel(command.folder, tell)
  if (command.type === 'lookAtForeign') return lookAtForeign(command.file)
  if (command.type === 'takeForeign') return takeForeign(command, tell)
  return describeModel(command.folder)
}
