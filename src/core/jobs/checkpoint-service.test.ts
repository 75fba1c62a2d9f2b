/** Checkpoints and the autopsy through the API of the application, with its real trainers. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint } from '../../shared/contract/checkpoints.ts'
import type { Job, LogLine } from '../../shared/contract/jobs.ts'
import { type ExampleWorkspace, openExample } from './fixtures/example-workspace.ts'

let example: ExampleWorkspace
beforeAll(async () => {
  example = await openExample()
})
afterAll(() => example.close())

const endless = { settings: { epochs: 10_000, patience: 10_000 } }
/** Steps of one, without a limit to the gradient, through ten layers: what overflows within a few steps. */
const exploding = {
  settings: { learningRate: 1, clipNorm: 1e6, warmupFraction: 0, weightDecay: 0, depth: 10, dropout: 0, epochs: 50 },
}
const patient = { timeout: 90_000 }
/** So that a run that is left by a failed test does not stand in the way of the next one. */
afterEach(() => example.app.cancelAll())

const list = async (jobId: string): Promise<Checkpoint[]> =>
  (await example.client.checkpoints.list({ jobId })).checkpoints
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) })

async function saveNow(job: Job): Promise<Checkpoint> {
  const before = new Set((await list(job.id)).map(({ file }) => file))
  await example.client.checkpoints.save({ jobId: job.id })
  for (;;) {
    const saved = (await list(job.id)).find(({ file, kind }) => kind === 'latest' && !before.has(file))
    if (saved) return saved
    await sleep(10)
  }
}

async function logOf(id: string): Promise<string[]> {
  const lines: LogLine[] = []
  const stop = new AbortController()
  const stream = await example.client.jobs.log({ id }, { signal: stop.signal })
  for await (const some of stream) {
    lines.push(...some)
    break
  }
  stop.abort()
  return lines.map(({ message }) => message)
}

describe('the checkpoints of a run', patient, () => {
  it('are saved on demand, pinned, and gone back to', async () => {
    const { client } = example
    const job = await example.train(endless)
    await expect(client.checkpoints.save({ jobId: job.id })).rejects.toEqual(refused('ERR_4001'))
    await example.until(job.id, ({ progress }) => (progress?.epoch ?? 0) >= 2)
    const first = await saveNow(job)
    expect(first).toMatchObject({ kind: 'latest', member: 1 })
    expect(first.epoch).toBeGreaterThanOrEqual(1)
    expect(first.bestScore).toBeGreaterThan(0)
    const { file: pinned } = await client.checkpoints.pin({ jobId: job.id, file: first.file, pinned: true })
    const second = await saveNow(job)
    const third = await saveNow(job)
    // The pause saves as well, unless it comes in the same step: with one more the second is gone in any case.
    await saveNow(job)
    await client.jobs.pause({ id: job.id })
    await example.until(job.id, ({ state }) => state === 'paused')

    // The last two, the pinned one, whose twin has gone, and the best weights.
    const kept = await list(job.id)
    expect(kept.map(({ kind }) => kind).sort()).toEqual(['best', 'latest', 'latest', 'pinned'])
    expect(kept.find(({ kind }) => kind === 'pinned')).toMatchObject({ file: pinned, step: first.step })
    expect(third.step).toBeGreaterThan(second.step)

    await expect(client.checkpoints.resume({ jobId: job.id, file: 'checkpoint-best.bin' })).rejects.toEqual(
      refused('ERR_4001'),
    )
    await expect(client.checkpoints.resume({ jobId: job.id, file: second.file })).rejects.toEqual(refused('ERR_3004'))
    expect(await list(job.id)).toEqual(kept)

    await client.checkpoints.resume({ jobId: job.id, file: pinned })
    await example.until(job.id, ({ state, progress }) => state === 'running' && (progress?.epoch ?? 0) >= 1)
    await client.jobs.cancel({ id: job.id })
    await example.ended(job.id)
    expect(await logOf(job.id)).toContain(`goes on from the checkpoint of step ${first.step}`)
    expect((await list(job.id)).map(({ file }) => file)).toContain(pinned)
  })

  it('are named where they are damaged, and refused', async () => {
    const { client } = example
    const job = await example.train(endless)
    await example.until(job.id, ({ progress }) => (progress?.epoch ?? 0) >= 1)
    await client.jobs.pause({ id: job.id })
    await example.until(job.id, ({ state }) => state === 'paused')
    const file = 'checkpoint-00000001.pinned.bin'
    writeFileSync(path.join(example.workspace, 'runs', job.id, file), 'BNDRCKPT and nothing else')
    const { damaged } = await client.checkpoints.list({ jobId: job.id })
    expect(damaged.map(({ file }) => file)).toEqual([file])
    await expect(client.checkpoints.resume({ jobId: job.id, file })).rejects.toEqual(refused('ERR_6005'))
    expect((await client.jobs.get({ id: job.id })).job.state).toBe('paused')
    await expect(client.checkpoints.pin({ jobId: job.id, file: '../../x.bin', pinned: true })).rejects.toThrow()
    await client.jobs.cancel({ id: job.id })
    await example.ended(job.id)
  })
})

describe('a run whose loss explodes', patient, () => {
  it('is paused with an autopsy of the step, and keeps what it had before it', async () => {
    const { client } = example
    const job = await example.train(exploding)
    const halted = await example.until(job.id, ({ state, endedAt }) => state === 'paused' || endedAt !== null)
    expect(halted).toMatchObject({ state: 'paused', reason: 'nan', error: { code: 'ERR_6004' }, hasCheckpoint: true })
    const autopsy = (await client.checkpoints.autopsy({ jobId: job.id }))!
    expect(autopsy).toMatchObject({
      member: 1,
      learningRate: expect.closeTo(1, 1),
      firstBad: { kind: expect.stringMatching(/node|gradient/) },
    })
    expect(autopsy.items).toHaveLength(new Set(autopsy.items.map(({ row }) => row)).size)
    // The features and the weights were in order: the step was too long.
    expect(autopsy.inputs.every(({ notFinite }) => notFinite === 0)).toBe(true)
    expect(autopsy.parameters.every(({ notFinite }) => notFinite === 0)).toBe(true)
    const [newest] = (await list(job.id)).filter(({ kind }) => kind === 'latest')
    expect(newest!.step).toBe(autopsy.step - 1)
    expect(existsSync(path.join(example.workspace, 'runs', job.id, 'autopsy.json'))).toBe(true)
    expect(readdirSync(path.join(example.workspace, 'runs', job.id)).filter(name => name.endsWith('.tmp'))).toEqual([])
    // A run that went well has none.
    const other = await example.train({ name: 'fine' })
    await example.ended(other.id)
    expect(await client.checkpoints.autopsy({ jobId: other.id })).toBeNull()
  })
})
