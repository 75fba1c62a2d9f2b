/** The worker thread of a trainer: everything that runs ONNX Runtime. Never terminated from outside: that would abort the process. */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toErrorBody } from '../shared/errors.ts'
import type { ProbeRequest } from '../shared/probe-profile.ts'
import type { TrainerMessage } from '../shared/trainer-protocol.ts'
import { Control } from './control.ts'
import { executeProbe } from './preflight/execute-probe.ts'
import { executeRun } from './run.ts'
import { RunReporter } from './run-reporter.ts'

export interface WorkerData {
  readonly runFolder: string
  readonly control: SharedArrayBuffer
  /** `null`: it trains. */
  readonly probe: ProbeRequest | null
}

const port = parentPort
if (!port) throw new Error('The worker of a trainer runs in a thread that the trainer starts')

const { runFolder, control: buffer, probe } = workerData as WorkerData
const control = new Control(buffer)
const tell = (message: TrainerMessage): void => port.postMessage(message)
const reporter = new RunReporter(runFolder, { tell, control })
try {
  if (probe) await executeProbe(runFolder, probe, { tell, control })
  else await executeRun(runFolder, reporter, control)
} catch (error) {
  const body = toErrorBody(error)
  reporter.log('error', error instanceof AppError ? `${body.code} ${body.message}` : stackOf(error))
  tell({ type: 'failed', error: body })
} finally {
  reporter.close()
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
