/** Cancels jobs at random moments of their work, in an application with its real child processes, and times what follows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { type App, createApp } from '../src/core/create-app.ts'
import type { ChildHandle } from '../src/core/processes/child.ts'
import { forkNodeChild } from '../src/node/node-fork.ts'
import type { BinderyClient } from '../src/shared/contract/index.ts'
import type { Job, JobProgress } from '../src/shared/contract/jobs.ts'

export interface CancelOptions {
  cancels: number
  seed: number
}

export interface CancelReport {
  cancelAckP99Ms: number
  cancelGoneP99Ms: number
  /** The worst of each phase, for people. */
  phases: Record<Phase, { cancels: number; ackMaxMs: number; goneMaxMs: number }>
}

const PHASES = ['import', 'featurising', 'training', 'checkpoint', 'evaluation'] as const
type Phase = (typeof PHASES)[number]

interface Cancel {
  phase: Phase
  ackMs: number
  goneMs: number
}

const example = path.resolve(import.meta.dirname, '../resources/example/simulated-assay.csv')
const ENDLESS = { epochs: 10_000, patience: 10_000 }
/** A job may end before its cancel comes; then another one is tried. */
const TRIES = 5

export async function measureCancels({ cancels, seed }: CancelOptions): Promise<CancelReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bindery-bench-jobs-'))
  const bench = await openBench(folder, seed)
  try {
    const done: Cancel[] = []
    for (let i = 0; i < cancels; i++) done.push(await bench.cancelIn(PHASES[i % PHASES.length]!))
    return summarise(done)
  } finally {
    await bench.app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function summarise(done: readonly Cancel[]): CancelReport {
  const of = (phase: Phase): Cancel[] => done.filter(cancel => cancel.phase === phase)
  const phases = PHASES.map(phase => [
    phase,
    {
      cancels: of(phase).length,
      ackMaxMs: round(Math.max(...of(phase).map(cancel => cancel.ackMs))),
      goneMaxMs: round(Math.max(...of(phase).map(cancel => cancel.goneMs))),
    },
  ])
  return {
    cancelAckP99Ms: percentile99(done.map(cancel => cancel.ackMs)),
    cancelGoneP99Ms: percentile99(done.map(cancel => cancel.goneMs)),
    phases: Object.fromEntries(phases) as CancelReport['phases'],
  }
}

/** Nearest rank: of 50 the largest. */
function percentile99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.ceil(0.99 * sorted.length) - 1]!)
}

/** What is known of the child that works for the job now. */
interface Watched {
  child: ChildHandle
  name: string
  ackAt: number | null
  goneAt: number | null
}

interface Bench {
  app: App
  cancelIn(phase: Phase): Promise<Cancel>
}

async function openBench(folder: string, seed: number): Promise<Bench> {
  const children: Watched[] = []
  const workspace = path.join(folder, 'workspace')
  const app = await createApp({
    workspace,
    host: 'headless',
    version: 'bench',
    fork: name => {
      const child = forkNodeChild(name)
      children.push(watch(child, name))
      return child
    },
  })
  const client: BinderyClient = createRouterClient(app.router)
  const random = createRandom(seed)
  const table = path.join(folder, 'table.csv')
  writeLongTable(table)
  const { datasetId, jobId } = await client.datasets.importExample()
  await until(client, jobId, job => job.endedAt !== null)

  const working = (name: string): Watched => {
    const found = children.findLast(child => child.name === name && child.goneAt === null)
    if (found === undefined) throw new Error(`no ${name} works`)
    return found
  }
  const train = async (more: object): Promise<string> =>
    (await client.jobs.train({ datasetId, recipe: 'dmpnn', provider: 'cpu', split: 'column', ...more })).id
  const inStage = (id: string, stage: JobProgress['stage']): Promise<Job> =>
    until(client, id, job => job.progress?.stage === stage || job.endedAt !== null)

  /** Starts a job and waits for a random moment in the phase. */
  const reach: Record<Phase, () => Promise<{ id: string; worker: string }>> = {
    import: async () => {
      const uploadId = await app.uploads.register(table, 'table.csv')
      const options = { roles: { id: 0, smiles: 1, value: 2 }, unit: 'nM', endpoint: 'Ki' } as const
      const { jobId } = await client.datasets.import({ uploadId, options })
      await until(client, jobId, job => job.state !== 'queued' && (job.progress?.done ?? 0) > 0)
      await sleep(600 * random())
      return { id: jobId, worker: 'chem-worker' }
    },
    featurising: async () => {
      rmSync(path.join(workspace, 'cache'), { recursive: true, force: true })
      const id = await train({ settings: ENDLESS })
      await until(client, id, job => job.progress?.stage === 'featurising' && job.progress.done > 0)
      await sleep(200 * random())
      return { id, worker: 'chem-worker' }
    },
    training: async () => {
      const id = await train({ settings: ENDLESS })
      await inStage(id, 'training')
      await sleep(1_000 * random())
      return { id, worker: 'trainer' }
    },
    checkpoint: async () => {
      const id = await train({ settings: ENDLESS })
      await inStage(id, 'training')
      await sleep(300 * random())
      working('trainer').child.send({ type: 'saveNow' })
      // Between the request and the end of the writing lie the step in hand and some milliseconds.
      await sleep(150 * random())
      return { id, worker: 'trainer' }
    },
    evaluation: async () => {
      const id = await train({ preset: 'smoke', settings: { epochs: 1, patience: 1 } })
      await inStage(id, 'evaluating')
      await sleep(30 * random())
      return { id, worker: 'trainer' }
    },
  }

  async function tryCancel(phase: Phase): Promise<Cancel | null> {
    const { id, worker } = await reach[phase]()
    const { job } = await client.jobs.get({ id })
    if (job.endedAt !== null) return null
    const watched = working(worker)
    const begin = performance.now()
    await client.jobs.cancel({ id })
    const ended = await until(client, id, job => job.endedAt !== null)
    if (ended.state !== 'cancelled') throw new Error(`${phase}: the cancelled job is ${ended.state}`)
    // Its work was done when the cancel came, and it was leaving or free for other work: that is no cancel of this phase.
    if (watched.ackAt === null || watched.ackAt < begin) return null
    if (watched.goneAt === null) throw new Error(`${phase}: the job is cancelled and its ${worker} lives`)
    return { phase, ackMs: watched.ackAt - begin, goneMs: watched.goneAt - begin }
  }

  return {
    app,
    cancelIn: async phase => {
      for (let i = 0; i < TRIES; i++) {
        const cancel = await tryCancel(phase)
        if (cancel !== null) return cancel
      }
      throw new Error(`${phase}: ${TRIES} jobs ended before they could be cancelled`)
    },
  }
}

/** Both kinds of worker say that they have heard. */
function watch(child: ChildHandle, name: string): Watched {
  const watched: Watched = { child, name, ackAt: null, goneAt: null }
  child.onMessage(message => {
    const { type, command } = message as { type: string; command?: string }
    if (type === 'acknowledged' && (name === 'chem-worker' || command === 'cancel')) watched.ackAt ??= performance.now()
  })
  child.onExit(() => {
    watched.goneAt = performance.now()
  })
  return watched
}

async function until(client: BinderyClient, id: string, isSo: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const { job } = await client.jobs.get({ id })
    if (isSo(job)) return job
    await sleep(5)
  }
}

/** The example over and over, so that an import takes seconds. */
function writeLongTable(file: string): void {
  const [header, ...lines] = readFileSync(example, 'utf8').trimEnd().split('\n')
  writeFileSync(file, `${[header, ...Array.from({ length: 12 }, () => lines).flat()].join('\n')}\n`)
}

/** Numerical Recipes' linear congruential generator: the moments of a run can be had again. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
