/** From an ONNX file made elsewhere to the folder of a model: tried, judged where there is something to judge it by, described. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { CountSectionName, FeatureRecord } from '../../../chem/features/sections.ts'
import type { SparseCounts } from '../../../chem/fingerprints/sparse-counts.ts'
import { OrtSession } from '../../../node/ort-session.ts'
import { encodeDomain } from '../../../recipes/domain/domain-file.ts'
import { SimilarityIndex } from '../../../recipes/domain/similarity-index.ts'
import { type ForeignJudgement, judgeForeign } from '../../../recipes/evaluation/judge-foreign.ts'
import { decodeFeatureRows, encodeFeatureRows } from '../../../recipes/serving/feature-rows.ts'
import { type ForeignServing, predictForeign, sectionOfFingerprint } from '../../../recipes/serving/foreign-model.ts'
import { type RunModel, recordsInMemory } from '../../../recipes/serving/predict-records.ts'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import { AppError } from '../../../shared/errors.ts'
import type { ForeignTable, ForeignTask, InspectorProgress } from '../../../shared/inspector-protocol.ts'
import { PASSPORT_FILES } from '../../../shared/passport.ts'
import { refusal } from '../refuse.ts'
import { type ForeignOnnx, readForeign } from './look.ts'
import { probeForeign } from './probe.ts'

type Tell = (progress: InspectorProgress) => void

/** Errors as `readForeign` and `probeForeign`; ERR_2007 where its output must be named. */
export async function takeForeign(
  task: ForeignTask & { file: string; folder: string },
  tell: Tell,
): Promise<ForeignCard> {
  const { fileName: part } = task
  tell({ stage: 'loading', done: 0, total: null })
  const onnx = await readForeign(task.file, part)
  const serving = servingOf(onnx, task.request, part)
  const session = await load(onnx.bytes, part)
  let runs = 0
  const run: RunModel = async batch => {
    const results = await session.runArrays(batch)
    tell({ stage: 'predicting', done: ++runs, total: null })
    return results
  }
  const section = sectionOfFingerprint(serving.input)
  const probed = await probeForeign(serving, task, { run, part })
  const [measured, training] = [await readTable(task.measured, section), await readTable(task.training, section)]
  const judged = measured === null ? null : await judge({ task, serving, measured, training, run, part, tell })
  await session.release()

  await mkdir(task.folder, { recursive: true })
  const known = training ?? measured
  const { parity = [], conformal = null } = judged ?? {}
  const files = {
    model: await write(task.folder, PASSPORT_FILES.model, onnx.bytes),
    ...(known === null ? {} : { domain: await write(task.folder, PASSPORT_FILES.domain, encodeDomain(known)) }),
    ...(measured === null ? {} : { holdout: await write(task.folder, PASSPORT_FILES.holdout, holdoutOf(measured)) }),
  }
  const { summary } = onnx
  const { endpoint, target } = task.request
  const card: ForeignCard = {
    format: 'bindery-foreign-1',
    endpoint,
    target,
    unit: 'pX',
    ...serving,
    producer: summary.producer,
    opsets: { ...summary.opsets },
    operators: [...summary.ops],
    fileName: task.fileName,
    ...probed,
    measured: judged?.measured ?? null,
    training: task.training === null ? null : { dataset: dataOf(task.training) },
    conformal,
    parity,
    files,
    application: { name: 'bindery', version: task.application.version, runtime: runtimeName() },
    createdAt: Date.now(),
  }
  await write(task.folder, PASSPORT_FILES.card, Buffer.from(`${JSON.stringify(card, null, 2)}\n`))
  return card
}

function servingOf({ input, outputs }: ForeignOnnx, request: ForeignTask['request'], part: string): ForeignServing {
  const { width, ...rest } = input
  const { fingerprint, scale } = request
  if (width !== null && width !== fingerprint.bits) {
    const message = `it reads ${width} numbers a compound, the fingerprint that was named has ${fingerprint.bits}`
    throw refusal('ERR_7005', { rule: 'foreign.width', part, message })
  }
  const name = request.output ?? (outputs.length === 1 ? outputs[0] : undefined)
  if (name === undefined) {
    throw new AppError('ERR_2007', `${part} has several outputs: name one of ${outputs.join(', ')}`, { path: 'output' })
  }
  if (!outputs.includes(name)) {
    const message = `it has no output "${name}" of numbers: ${outputs.join(', ')}`
    throw refusal('ERR_7005', { rule: 'foreign.output', part, message })
  }
  const { unit, logarithm } = scale
  return { input: { ...fingerprint, ...rest }, output: { name, unit, logarithm } }
}

async function load(bytes: Uint8Array, part: string): Promise<OrtSession> {
  try {
    // From bytes: a model that refers to other files cannot reach them.
    return await OrtSession.create(bytes, { provider: 'cpu', threads: 1 })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw refusal('ERR_7005', { rule: 'onnx.runtime', part, message, cause: error })
  }
}

interface Table {
  readonly section: CountSectionName
  readonly rows: readonly number[]
  readonly fingerprints: readonly SparseCounts[]
  readonly pX: Float64Array
  readonly smiles: readonly string[]
}

async function readTable(table: ForeignTable | null, section: CountSectionName): Promise<Table | null> {
  if (table === null) return null
  const { rows, featureFile } = table
  const records = decodeFeatureRows(await readFile(featureFile), [section])
  if (records.length !== rows.length) throw new Error(`${records.length} records of features for ${rows.length} rows`)
  return {
    section,
    rows: rows.map(({ row }) => row),
    fingerprints: records.map(record => record[section]),
    pX: Float64Array.from(rows, ({ pX }) => pX),
    smiles: rows.map(({ smiles }) => smiles),
  }
}

interface JudgeTask {
  readonly task: ForeignTask
  readonly serving: ForeignServing
  readonly measured: Table
  readonly training: Table | null
  readonly run: RunModel
  readonly part: string
  readonly tell: Tell
}

async function judge({ task, serving, measured, training, run, part, tell }: JudgeTask): Promise<{
  measured: NonNullable<ForeignCard['measured']>
  conformal: ForeignJudgement['conformal']
  parity: ForeignCard['parity']
}> {
  const { seen, leftOut } = task.measured!
  const records = measured.fingerprints.map(counts => ({ [measured.section]: counts }) as unknown as FeatureRecord)
  const total = records.length
  let done = 0
  const told: RunModel = async batch => {
    const results = await run(batch)
    done = Math.min(total, done + rowsOf(batch))
    tell({ stage: 'predicting', done, total })
    return results
  }
  const predicted = await predictForeign(serving, recordsInMemory(records), told)
  const broken = predicted.findIndex(value => !Number.isFinite(value))
  if (broken !== -1) {
    const message = `it gives no number for ${measured.smiles[broken]} of ${task.measured!.dataset.name}`
    throw refusal('ERR_7005', { rule: 'foreign.output', part, message })
  }
  const nearest = training === null ? null : nearestValues(measured, training, tell)
  let checks = 0
  const judgement = judgeForeign(
    { measured: measured.pX, predicted: Float64Array.from(predicted), nearest },
    { isSeen: seen === 'yes', checkpoint: () => tell({ stage: 'judging', done: ++checks, total: null }) },
  )
  const halfWidth = judgement.conformal?.halfWidth ?? null
  return {
    measured: {
      dataset: dataOf(task.measured!),
      ...{ seen, leftOut },
      metrics: judgement.metrics,
      baselines: judgement.baselines,
      coverage: judgement.coverage,
    },
    conformal: judgement.conformal,
    parity: measured.rows.map((row, i) => ({
      row,
      part: 'test',
      measured: measured.pX[i]!,
      predicted: predicted[i]!,
      halfWidth,
      smiles: measured.smiles[i]!,
    })),
  }
}

function rowsOf(batch: Parameters<RunModel>[0]): number {
  return Object.values(batch)[0]?.dims[0] ?? 0
}

const TOLD_EVERY = 100

function nearestValues(measured: Table, training: Table, tell: Tell): Float64Array {
  const index = new SimilarityIndex(training.fingerprints)
  return Float64Array.from(measured.fingerprints, (fingerprint, i) => {
    if (i % TOLD_EVERY === 0) tell({ stage: 'comparing', done: i, total: measured.fingerprints.length })
    return training.pX[index.nearest(fingerprint, 1)[0]!.position]!
  })
}

function dataOf({ dataset, rows }: ForeignTable) {
  return { ...dataset, rows: rows.length }
}

function holdoutOf({ section, fingerprints }: Table): Uint8Array {
  const records = fingerprints.map(counts => ({ [section]: counts }) as unknown as FeatureRecord)
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
  return encodeFeatureRows(records, { sections: [section], toolkit: '', sha256 })
}

async function write(folder: string, name: string, bytes: Uint8Array) {
  const out = await open(path.join(folder, name), 'wx', 0o600)
  try {
    await out.writeFile(bytes)
    await out.sync()
  } finally {
    await out.close()
  }
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length }
}

function runtimeName(): string {
  const { name, version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as Record<string, string>
  return `${name} ${version}`
}
