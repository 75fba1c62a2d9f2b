/**
 * The demo: imports the simulated example, trains on it, judges the result and predicts. It sees the application only through the
 * contract, like any user interface, and may be run again in the same workspace.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import card from '../../../resources/example/card.json' with { type: 'json' }
import type { BinderyClient } from '../../shared/contract/index.ts'
import { type Job, TERMINAL_STATES } from '../../shared/contract/jobs.ts'
import { type ModelCard, trainedCard } from '../../shared/contract/models.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import { judgeDemo } from './judge-demo.ts'

export interface DemoOptions {
  client: BinderyClient
  /** The report, line by line. */
  print(line: string): void
  /** What goes on meanwhile; replaced by the next. */
  progress(line: string): void
}

export interface DemoOutcome {
  passed: boolean
  modelId: string
}

const POLL_MS = 250
/** The production model once: its ensemble is a little better and takes four times as long. */
const PRESET = 'validation'
/** Nothing in the training data resembles it: what the domain distance is for. */
const STRANGER = { name: 'caffeine', smiles: 'Cn1c(=O)c2c(ncn2C)n(C)c1=O' }

export async function runDemo({ client, print, progress }: DemoOptions): Promise<DemoOutcome> {
  print(`${card.name}: ${card.rows} invented compounds. ${card.statement}`)
  const datasetId = await importExample({ client, print, progress })

  const training = await client.jobs.train({ datasetId, recipe: 'dmpnn', preset: PRESET, split: 'column' })
  const job = await finish(client, training.id, progress)
  const { modelId, result } = job
  if (modelId === null || result === null) throw new AppError('ERR_6002', `Run ${job.id} completed without a model`)
  print(`Trained ${job.name} in ${result.seconds.toFixed(0)} s: ${result.epochs} epochs, best ${result.bestEpoch}.`)

  const checks = judgeDemo(result, card.noiseSd)
  for (const check of checks) print(`  ${check.passed ? 'ok    ' : 'FAILED'}  ${check.text}`)
  const { card: modelCard } = await client.models.get({ id: modelId })
  print(coverageLine(trainedCard(modelCard)))
  await printPredictions({ client, print, datasetId, modelId })
  const { workspace } = await client.system.info()
  print(`See it in the application: npm start -- --workspace ${JSON.stringify(workspace)}`)
  return { passed: checks.every(check => check.passed), modelId }
}

/** The data set of an earlier demo is used again: same bytes, same rows. */
async function importExample({ client, print, progress }: DemoOptions): Promise<string> {
  const known = (await client.datasets.list()).find(
    dataset => dataset.kind === 'simulated' && dataset.state === 'ready' && dataset.sha256 === card.sha256,
  )
  if (known === undefined) {
    const { jobId } = await client.datasets.importExample()
    await finish(client, jobId, progress)
  }
  const dataset = known ?? (await client.datasets.list()).find(candidate => candidate.sha256 === card.sha256)
  if (dataset === undefined)
    throw new AppError('ERR_8002', 'The example was imported but is not in the list of data sets')
  const { read, accepted, altered, merged, rejected } = dataset.rows
  print(
    `${known === undefined ? 'Imported' : 'Already imported'}: ${read} rows read = ${accepted} accepted + ${altered} altered + ${merged} merged + ${rejected} rejected.`,
  )
  return dataset.id
}

/** Follows a job to its end; anything but `completed` is the job's own error. */
async function finish(client: BinderyClient, id: string, progress: DemoOptions['progress']): Promise<Job> {
  for (;;) {
    const { job } = await client.jobs.get({ id })
    if (TERMINAL_STATES.includes(job.state)) {
      progress('')
      if (job.state === 'completed') return job
      throw job.error === null
        ? new AppError('ERR_6002', `${job.name} ended as ${job.state}`)
        : AppError.fromBody(job.error as ErrorBody)
    }
    progress(progressLine(job))
    await sleep(POLL_MS)
  }
}

function progressLine({ name, state, progress }: Job): string {
  if (progress === null) return `${name}: ${state}`
  const { stage, done, total, epoch, epochs } = progress
  if (epoch !== null && epochs !== null) return `${name}: ${stage}, epoch ${epoch} of ${epochs}`
  return `${name}: ${stage}, ${done}${total === null ? '' : ` of ${total}`}`
}

function coverageLine({ conformal, parity }: ModelCard): string {
  const test = parity.filter(point => point.part === 'test')
  const inside = test.filter(point => Math.abs(point.measured - point.predicted) <= point.halfWidth).length
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  return `Intervals: ± ${conformal.halfWidth.toFixed(2)} at ${percent(conformal.level)}; ${inside} of ${test.length} test compounds (${percent(inside / test.length)}) lie inside.`
}

async function printPredictions({
  client,
  print,
  datasetId,
  modelId,
}: Omit<DemoOptions, 'progress'> & { datasetId: string; modelId: string }): Promise<void> {
  const { rows } = await client.datasets.rows({ id: datasetId, limit: 1000 })
  const held = rows.filter(row => row.split === 'test').slice(0, 5)
  const asked = [
    ...held.map(row => ({ name: row.id ?? '', smiles: row.smiles, known: `simulated ${row.pX.toFixed(2)}` })),
    { ...STRANGER, known: 'nothing alike in the training data, so the interval promises nothing' },
  ]
  const answers = await client.predictions.predict({ modelId, smiles: asked.map(({ smiles }) => smiles) })
  print('Predicted pKi with 90 % interval, for compounds the model has not seen:')
  for (const [i, answer] of answers.entries()) {
    const { name, known } = asked[i]!
    if (!answer.ok) throw AppError.fromBody(answer.error as ErrorBody)
    const { prediction, lower, upper, domainDistance } = answer.prediction
    const text = (value: number | null): string => value?.toFixed(2) ?? '–'
    print(
      `  ${name.padEnd(9)} ${prediction.toFixed(2)} [${text(lower)}, ${text(upper)}]  domain distance ${text(domainDistance)}  ${known}`,
    )
  }
}
