/** Two real processes on one workspace: whichever comes first owns it, the other one's calls are forwarded. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const TIMEOUT_MS = 90_000
let folder: string
let datasetId: string
const processes: ChildProcess[] = []

interface Ended {
  code: number
  value: {
    error?: { code: string; message: string }
    job?: { id: string; state: string; hasCheckpoint?: boolean }
    dataset?: { id: string }
    jobs?: { id: string; state: string }[]
    model?: { id: string }
    output?: string
  }
  err: string
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended>; err: () => string } {
  const entry = join(import.meta.dirname, 'index.ts')
  const child = spawn(process.execPath, [entry, ...args, '--json', '--workspace', join(folder, 'workspace')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  let err = ''
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  const ended = Promise.all([text(child.stdout!), once(child, 'close')]).then(([out, [code]]) => ({
    code: code as number,
    value: out === '' ? {} : (JSON.parse(out) as Ended['value']),
    err,
  }))
  return { child, ended, err: () => err }
}
const bindery = (...args: string[]) => start(...args).ended

/** Waits until the process has said it; one that ended without is a failure at once. */
async function says(run: { child: ChildProcess; err: () => string }, pattern: RegExp): Promise<void> {
  await expect
    .poll(() => pattern.test(run.err()) || run.child.exitCode !== null, { timeout: TIMEOUT_MS, interval: 20 })
    .toBe(true)
  expect(run.err()).toMatch(pattern)
}

/** A run that would take hours, once it trains. */
async function startLongRun() {
  const settings = ['--set', 'epochs=10000', '--set', 'patience=10000']
  const run = start(
    'train',
    '--dataset',
    datasetId,
    '--recipe',
    'dmpnn',
    '--preset',
    'smoke',
    '--split',
    'random',
    ...settings,
  )
  await says(run, /training, epoch/)
  return { ...run, jobId: /job_[0-9a-z]{12}/.exec(run.err())![0] }
}

/** Small alcohols, amines and ethers with values that grow with their size. */
function writeTable(file: string, rows: number): void {
  const tails = ['O', 'N', 'OC', 'c1ccccc1', 'C(=O)O', 'C#N', 'Cl', 'C(F)(F)F']
  const lines = Array.from({ length: rows }, (_, i) => {
    const chain = 'C'.repeat(1 + Math.floor(i / tails.length))
    return `${chain}${tails[i % tails.length]},${(4 + 0.05 * i).toFixed(2)}`
  })
  writeFileSync(file, `smiles,y [pKi]\n${lines.join('\n')}\n`)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bindery-two-'))
  writeTable(join(folder, 'table.csv'), 80)
  const imported = await bindery('import', join(folder, 'table.csv'), '--value', 'y [pKi]', '--name', 'first')
  expect(imported.value).toMatchObject({ dataset: { name: 'first' }, rows: { read: 80, accepted: 80, rejected: 0 } })
  datasetId = imported.value.dataset!.id
}, TIMEOUT_MS)
afterEach(async () => {
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a training run in one process', () => {
  it('is seen by another, does its work too, and ends by Ctrl+C only after that', { timeout: TIMEOUT_MS }, async () => {
    const run = await startLongRun()
    const { value } = await bindery('jobs')
    expect(value.jobs!.find(job => job.id === run.jobId)?.state).toBe('running')

    writeTable(join(folder, 'second.csv'), 60)
    const second = start('import', join(folder, 'second.csv'), '--value', 'y [pKi]')
    await says(second, /second/)
    run.child.kill('SIGINT')
    expect(await second.ended).toMatchObject({ code: 0, value: { rows: { read: 60, accepted: 60 } } })
    expect(await run.ended).toMatchObject({
      code: 1,
      value: { error: { code: 'ERR_4004' }, job: { id: run.jobId, state: 'cancelled' } },
      err: expect.stringContaining(`cancelling ${run.jobId}`),
    })
    expect(existsSync(join(folder, 'workspace/owner.json'))).toBe(false)
  })

  it('is paused from another, resumed, and cancelled from another', { timeout: TIMEOUT_MS }, async () => {
    const run = await startLongRun()
    expect((await bindery('pause', run.jobId)).value.job).toEqual({
      id: run.jobId,
      state: 'paused',
      hasCheckpoint: true,
    })
    expect((await run.ended).value.job).toEqual({ id: run.jobId, state: 'paused' })

    const resumed = start('resume', run.jobId)
    await says(resumed, /training, epoch/)
    const cancelled = await bindery('cancel', run.jobId)
    expect(cancelled).toMatchObject({ code: 0, value: { job: { id: run.jobId, state: 'cancelled' } } })
    expect(await resumed.ended).toMatchObject({
      code: 1,
      value: { error: { code: 'ERR_4004' }, job: { state: 'cancelled' } },
    })
    expect(await bindery('cancel', run.jobId)).toMatchObject({ code: 1, value: { error: { code: 'ERR_4001' } } })
  })

  it('that is killed leaves the workspace to the next command, interrupted', { timeout: TIMEOUT_MS }, async () => {
    const run = await startLongRun()
    run.child.kill('SIGKILL')
    const { value } = await bindery('jobs')
    expect(value.jobs!.find(job => job.id === run.jobId)?.state).toBe('interrupted')
  })
})

it('a model predicts the table it was asked for', { timeout: TIMEOUT_MS }, async () => {
  const trained = await bindery('train', '--dataset', 'first', '--preset', 'smoke', '--split', 'random', '--seed', '7')
  expect(trained).toMatchObject({
    code: 0,
    value: { metrics: { test: { n: expect.any(Number) } }, baselines: { mean: {} } },
  })
  writeFileSync(join(folder, 'new.csv'), 'name,structure\nfirst,CCCO\nsecond,nonsense\nthird,CCN\nfourth,CCCC\n')
  const output = join(folder, 'out.csv')
  const files = ['--input', join(folder, 'new.csv'), '--output', output]
  const predicted = await bindery('predict', '--model', trained.value.model!.id, '--smiles', 'structure', ...files)
  expect(predicted).toMatchObject({ code: 0, value: { rows: 4, predicted: 3, errors: 1, output } })
  const lines = readFileSync(output, 'utf8').trim().split(/\r?\n/)
  expect(lines).toHaveLength(5)
  expect(lines[0]).toBe('name,structure,prediction,lower,upper,domain_distance,error')
  expect(lines[1]).toMatch(/^first,CCCO,[\d.]+,[\d.-]+,[\d.]+,[\d.]+,$/)
  expect(lines[2]).toMatch(/^second,nonsense,,,,,.+/)

  const wrong = await bindery('predict', '--model', 'x', ...files)
  expect(wrong).toMatchObject({ code: 1, value: { error: { code: 'ERR_3003' } } })
})
