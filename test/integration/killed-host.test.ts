import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { childrenOf, isAlive } from '../support/processes.ts'
import { createFolder, endOf, ownWorkspace, waitForJob } from '../support/workspace.ts'

const script = join(import.meta.dirname, 'training-host.fixture.ts')
/** A trainer whose parent is gone saves a checkpoint and exits. */
const FAREWELL_MS = 15_000

async function goneWithin(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}

describe.runIf(process.platform === 'linux')('a host that is killed while a run trains', () => {
  let files: Awaited<ReturnType<typeof createFolder>>
  let host: ChildProcess
  let jobId: string
  let children: number[]

  beforeEach(async () => {
    files = await createFolder()
    host = spawn(process.execPath, [script, files.folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await Promise.race([
      once(createInterface(host.stdout!), 'line'),
      once(host, 'exit').then(([code]) => Promise.reject(new Error(`the host exited with ${code}`))),
    ])
    jobId = JSON.parse(line).jobId
    children = childrenOf(host.pid!)
  }, 120_000)
  afterEach(async () => {
    host.kill('SIGKILL')
    await files.remove()
  })

  async function killHost(): Promise<void> {
    const exited = once(host, 'exit')
    host.kill('SIGKILL')
    await exited
  }

  it('leaves no process behind, is interrupted after a restart and resumes to its end', async () => {
    expect(children.length).toBeGreaterThan(0)
    // Stopping a child by its pid is enough only because children start no processes of their own.
    expect(children.flatMap(childrenOf)).toEqual([])
    await killHost()
    expect(await goneWithin(children, FAREWELL_MS), 'children are gone').toBe(true)

    const owned = await ownWorkspace(files.folder)
    try {
      const { client } = owned.connection
      const { job, transitions } = await client.jobs.get({ id: jobId })
      expect(job).toMatchObject({ state: 'interrupted', hasCheckpoint: true })
      expect(transitions.at(-1)).toMatchObject({ from: 'running', to: 'interrupted', actor: 'host' })

      await client.jobs.resume({ id: jobId })
      await waitForJob(client, jobId, ({ progress }) => (progress?.epoch ?? 0) >= 2)
      await client.jobs.cancel({ id: jobId })
      expect((await endOf(client, jobId)).state).toBe('cancelled')
      await expectEveryMetricOnce(client.jobs.metrics({ id: jobId }))
    } finally {
      await owned.close()
    }
  }, 120_000)

  it('is interrupted as well when its trainer was killed with it', async () => {
    // The host first: it must not see its trainer end.
    await killHost()
    for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL')
    const owned = await ownWorkspace(files.folder)
    try {
      const { job } = await owned.connection.client.jobs.get({ id: jobId })
      expect(job.state).toBe('interrupted')
      expect(await goneWithin(children, FAREWELL_MS)).toBe(true)
    } finally {
      await owned.close()
    }
  }, 120_000)

  /** What the store has is what the trainer wrote: nothing lost, nothing twice. */
  async function expectEveryMetricOnce(
    stream: ReturnType<Awaited<ReturnType<typeof ownWorkspace>>['connection']['client']['jobs']['metrics']>,
  ) {
    const stored: { step: number; name: string }[] = []
    for await (const { curves } of await stream) {
      for (const { name, steps } of curves) stored.push(...steps.map(step => ({ name, step })))
    }
    const key = (point: { step: number; name: string }) => `${point.name}@${point.step}`
    const text = await readFile(join(files.folder, 'runs', jobId, 'metrics.jsonl'), 'utf8')
    const written = text.split('\n').filter(line => line !== '')
    expect(new Set(stored.map(key)).size).toBe(stored.length)
    expect(new Set(stored.map(key))).toEqual(new Set(written.map(line => key(JSON.parse(line)))))
  }
})
