/**
 * Many short jobs, while somebody cancels and pauses them at random and kills trainers and the host without a word. In the end every
 * job must have ended, no process may be left, the host must let go of everything, and the store must have what the files say.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ForwardedWorkspace, openWorkspace } from '../../src/core/workspace/open-workspace.ts'
import { forkNodeChild } from '../../src/node/node-fork.ts'
import type { BinderyClient } from '../../src/shared/contract/index.ts'
import { type Job, TERMINAL_STATES } from '../../src/shared/contract/jobs.ts'
import { checkMetrics, type MetricsCheck } from './check-metrics.ts'
import { MARK, markedProcesses, openFilesOf } from './processes.ts'

export interface SoakOptions {
  workspace: string
  jobs: number
  seed: number
  log(line: string): void
}

export interface SoakReport {
  jobs: number
  /** How many ended in which state. */
  states: Record<string, number>
  attempts: number
  /** What the failed ones failed of. */
  failures: Record<string, number>
  did: Record<Act, number>
  /** Jobs that did not end, by id and state. */
  unended: string[]
  orphans: string[]
  /** Files of runs that the idle host still held open. */
  openFiles: string[]
  /** The host ended by itself after it was closed: nothing it had opened kept it. */
  hostEndedByItself: boolean
  metrics: MetricsCheck
  seconds: number
}

const ACTS = ['cancel', 'pause', 'resume', 'killTrainer', 'killHost'] as const
type Act = (typeof ACTS)[number]
/** Out of 100 moments; the rest is left alone. */
const CHANCES: Record<Act, number> = { cancel: 14, pause: 12, resume: 25, killTrainer: 14, killHost: 3 }

const host = path.join(import.meta.dirname, 'soak-host.ts')
const example = path.resolve(import.meta.dirname, '../../resources/example/simulated-assay.csv')
const ROWS = 60
const WAITING_AT_MOST = 6
const CLOSE_MS = 40_000

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const begin = performance.now()
  const soak = new Soak(options)
  try {
    await soak.open()
    await soak.submitAll()
    await soak.drain()
    return { ...(await soak.judge()), seconds: Math.round((performance.now() - begin) / 1000) }
  } finally {
    soak.kill()
  }
}

class Soak {
  readonly #options: SoakOptions
  readonly #random: () => number
  readonly #mark = `${process.pid}-${Date.now()}`
  readonly #did: Record<Act, number> = { cancel: 0, pause: 0, resume: 0, killTrainer: 0, killHost: 0 }
  readonly #mine = new Set<string>()
  #host: ChildProcess | null = null
  #connection: ForwardedWorkspace | null = null
  #datasetId = ''

  constructor(options: SoakOptions) {
    this.#options = options
    this.#random = createRandom(options.seed)
  }

  async open(): Promise<void> {
    await this.#startHost()
    const { datasetId, jobId } = await this.#import()
    this.#datasetId = datasetId
    while ((await this.#client.jobs.get({ id: jobId })).job.state !== 'completed') await sleep(50)
  }

  async submitAll(): Promise<void> {
    const { jobs, log } = this.#options
    while (this.#mine.size < jobs) {
      const waiting = (await this.#jobs()).filter(job => job.state === 'queued').length
      if (waiting < WAITING_AT_MOST) await this.#submit()
      await this.#disturb()
      if (this.#mine.size % 20 === 0) log(`${this.#mine.size} of ${jobs} jobs; ${JSON.stringify(this.#did)}`)
    }
  }

  /** What was paused or cut short goes on or is given up, until nothing is left to do. */
  async drain(): Promise<void> {
    for (;;) {
      const open = (await this.#jobs()).filter(job => !TERMINAL_STATES.includes(job.state))
      if (open.length === 0) return
      for (const job of open) if (job.state === 'paused') await this.#ask('cancel', job)
      await sleep(200)
    }
  }

  async judge(): Promise<Omit<SoakReport, 'seconds'>> {
    const jobs = await this.#jobs()
    const states: Record<string, number> = {}
    const failures: Record<string, number> = {}
    for (const { state, error } of jobs) {
      states[state] = (states[state] ?? 0) + 1
      if (state === 'failed') failures[error?.code ?? 'none'] = (failures[error?.code ?? 'none'] ?? 0) + 1
    }
    // The idle host looks at nothing any more.
    await sleep(500)
    const { workspace } = this.#options
    const openFiles = openFilesOf(this.#host!.pid!, path.join(workspace, 'runs'))
    const hostEndedByItself = await this.#closeHost()
    await sleep(500)
    return {
      jobs: jobs.length,
      states,
      failures,
      attempts: jobs.reduce((sum, job) => sum + job.attempts, 0),
      did: this.#did,
      unended: jobs.filter(job => !TERMINAL_STATES.includes(job.state)).map(job => `${job.id} ${job.state}`),
      orphans: markedProcesses(this.#mark).map(({ pid, command }) => `${pid} ${command}`),
      openFiles,
      hostEndedByItself,
      metrics: checkMetrics(workspace),
    }
  }

  /** Whatever happened: nothing of a soak outlives it. */
  kill(): void {
    this.#host?.kill('SIGKILL')
    for (const { pid } of markedProcesses(this.#mark)) process.kill(pid, 'SIGKILL')
  }

  get #client(): BinderyClient {
    return this.#connection!.connection.client
  }

  async #jobs(): Promise<Job[]> {
    return (await this.#client.jobs.list({})).filter(job => this.#mine.has(job.id))
  }

  async #startHost(): Promise<void> {
    const { workspace } = this.#options
    const env = { ...process.env, [MARK]: this.#mark }
    const child = spawn(process.execPath, [host, workspace], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#host = child
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the host ended with ${code}`)))
    ended.catch(() => undefined)
    await Promise.race([once(createInterface(child.stdout!), 'line'), ended])
    const opened = await openWorkspace({ workspace, host: 'cli', version: 'soak', fork: forkNodeChild })
    if (opened.kind !== 'forwarded') throw new Error('the host does not own its workspace')
    this.#connection = opened
  }

  async #killHost(): Promise<void> {
    const exited = once(this.#host!, 'exit')
    this.#host!.kill('SIGKILL')
    await exited
    await this.#connection!.close()
    await this.#startHost()
  }

  async #closeHost(): Promise<boolean> {
    const exited = once(this.#host!, 'exit')
    await this.#connection!.close()
    this.#host!.stdin!.end()
    return Promise.race([exited.then(() => true), sleep(CLOSE_MS, false, { ref: false })])
  }

  async #import(): Promise<{ datasetId: string; jobId: string }> {
    const file = path.join(path.dirname(this.#options.workspace), 'soak.csv')
    writeFileSync(
      file,
      `${readFileSync(example, 'utf8')
        .split('\n')
        .slice(0, ROWS + 1)
        .join('\n')}\n`,
    )
    const uploadId = await this.#connection!.connection.registerFile(file, 'soak.csv')
    const roles = { id: 0, smiles: 1, value: 2, split: 3 }
    return this.#client.datasets.import({ uploadId, options: { roles, unit: 'nM', endpoint: 'Ki' } })
  }

  /** Trainings of both kinds and, now and then, an import. */
  async #submit(): Promise<void> {
    const dice = this.#random()
    if (dice < 0.1) {
      this.#mine.add((await this.#import()).jobId)
      return
    }
    const recipe = dice < 0.3 ? 'tanimoto-gp' : 'dmpnn'
    const settings = recipe === 'dmpnn' ? { epochs: 2 + Math.floor(20 * this.#random()), hidden: 16 } : {}
    const job = await this.#client.jobs.train({
      datasetId: this.#datasetId,
      recipe,
      preset: 'smoke',
      split: 'column',
      provider: 'cpu',
      settings,
      queue: { retries: Math.floor(4 * this.#random()) },
    })
    this.#mine.add(job.id)
  }

  async #disturb(): Promise<void> {
    await sleep(50 + 500 * this.#random())
    let dice = 100 * this.#random()
    const act = ACTS.find(each => {
      dice -= CHANCES[each]
      return dice < 0
    })
    if (act === undefined) return
    if (act === 'killHost') {
      this.#did.killHost++
      await this.#killHost()
      return
    }
    if (act === 'killTrainer') {
      const trainers = markedProcesses(this.#mark).filter(({ command }) => command.includes('trainer'))
      const victim = trainers[Math.floor(trainers.length * this.#random())]
      if (victim === undefined) return
      this.#did.killTrainer++
      killIfThere(victim.pid)
      return
    }
    const jobs = (await this.#jobs()).filter(job => canBe[act](job))
    const job = jobs[Math.floor(jobs.length * this.#random())]
    if (job !== undefined) await this.#ask(act, job)
  }

  /** The job may have moved on since it was looked at; then the request is refused, which is right. */
  async #ask(act: 'cancel' | 'pause' | 'resume', { id }: Job): Promise<void> {
    try {
      await this.#client.jobs[act]({ id })
      this.#did[act]++
    } catch (error) {
      if ((error as { data?: { code?: string } }).data?.code !== 'ERR_4001') throw error
    }
  }
}

const canBe: Record<'cancel' | 'pause' | 'resume', (job: Job) => boolean> = {
  cancel: job => ['queued', 'preparing', 'running', 'paused'].includes(job.state),
  pause: job => job.kind === 'train' && job.state === 'running',
  resume: job => job.kind === 'train' && ['paused', 'interrupted'].includes(job.state),
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Numerical Recipes' linear congruential generator. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
