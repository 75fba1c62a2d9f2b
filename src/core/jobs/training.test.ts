/** Training through the API of the application, with its real child processes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Job, LogLine } from '../../shared/contract/jobs.ts'
import { trainedCard } from '../../shared/contract/models.ts'
import type { MetricLine } from '../../shared/trainer-protocol.ts'
import { DATASET, type ExampleWorkspace, openExample } from './fixtures/example-workspace.ts'

let example: ExampleWorkspace
beforeAll(async () => {
  example = await openExample()
})
afterAll(() => example.close())

const states = async (id: string): Promise<string[]> =>
  (await example.client.jobs.get({ id })).transitions.map(t => t.to)
const trains = (job: Job): boolean => (job.progress?.epoch ?? 0) >= 1
const started = (id: string): Promise<Job> => example.until(id, job => trains(job) || job.endedAt !== null)
/** So many epochs that it ends only when it is stopped. */
const endless = { settings: { epochs: 10_000, patience: 10_000 } }

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

describe('training', () => {
  let done: Job

  it('makes a model of a data set', async () => {
    const job = await example.train()
    expect(job).toMatchObject({ kind: 'train', state: 'queued', train: { split: 'column', seed: 42 } })
    done = await example.ended(job.id)
    expect(done.error).toBeNull()
    expect(done).toMatchObject({ state: 'completed', reason: null, result: { metrics: { test: { n: 30 } } } })
    expect(await states(job.id)).toEqual(['queued', 'preparing', 'running', 'completed'])
    const { model, card: anyCard } = await example.client.models.get({ id: done.modelId! })
    const card = trainedCard(anyCard)
    expect(model).toMatchObject({
      name: 'Example · dmpnn',
      version: 1,
      jobId: job.id,
      datasetId: DATASET,
      simulated: true,
    })
    expect(card.metrics).toEqual(done.result!.metrics)
    expect(card.split.test).toHaveLength(30)
    // Both bounds train; neither is measured.
    expect([...card.split.train, ...card.split.validation]).toEqual(expect.arrayContaining([0, 1]))
    expect(await example.client.models.list()).toEqual([model])
  }, 60_000)

  it('tells the trainer which way a bound points', () => {
    const spec = JSON.parse(readFileSync(path.join(example.workspace, 'runs', done.id, 'run.json'), 'utf8'))
    expect(spec.rows.bound.slice(0, 4)).toEqual([-1, -1, 0, 0])
    expect(spec.dataset).toMatchObject({ id: DATASET, simulated: true })
  })

  it('has every line of the metrics file in the store, and the log', async () => {
    const file = readFileSync(path.join(example.workspace, 'runs', done.id, 'metrics.jsonl'), 'utf8')
    const written = file
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as MetricLine)
    const batches = await collect(await example.client.jobs.metrics({ id: done.id }))
    const points = batches.flatMap(({ curves }) =>
      curves.flatMap(({ name, steps, values }) => steps.map((step, i) => ({ name, step, value: values[i]! }))),
    )
    const key = ({ name, step, value }: Omit<MetricLine, 'at'>): string => `${name} ${step} ${value}`
    expect(points.map(key).sort()).toEqual(written.map(key).sort())
    const lines = (await collect(await example.client.jobs.log({ id: done.id }))).flat() as LogLine[]
    expect(lines.map(line => line.sequence)).toEqual(lines.map((_, i) => i))
    expect(lines.some(line => line.message.includes('acknowledged start'))).toBe(true)
  })

  it('uses the features again', async () => {
    const cache = path.join(example.workspace, 'cache', 'features')
    const [file] = readdirSync(cache)
    const again = await example.ended((await example.train()).id)
    expect(again.state).toBe('completed')
    expect(again.result?.metrics).toEqual(done.result?.metrics)
    expect(readdirSync(cache)).toEqual([file])
  }, 60_000)

  it('makes a damaged feature file again', async () => {
    const cache = path.join(example.workspace, 'cache', 'features')
    const preview = () => example.client.jobs.splitPreview({ datasetId: DATASET, split: 'column' })
    const first = await preview()
    const file = path.join(cache, readdirSync(cache).find(name => name.endsWith('-similarity-1.bin'))!)
    const whole = readFileSync(file)
    const damaged = Buffer.from(whole)
    damaged[whole.length >> 1]! ^= 1
    writeFileSync(file, damaged)
    expect(await preview()).toEqual(first)
    expect(readFileSync(file).equals(whole)).toBe(true)
    writeFileSync(file, whole.subarray(0, 50))
    await preview()
    expect(readFileSync(file).equals(whole)).toBe(true)
  }, 60_000)

  it('refuses what cannot be trained before it makes a job of it', async () => {
    const count = (await example.client.jobs.list({})).length
    const refused = (code: string) => ({ data: { code } })
    await expect(example.train({ datasetId: 'ds_000000000000' })).rejects.toMatchObject(refused('ERR_3001'))
    await expect(example.train({ settings: { epochs: 0 } })).rejects.toMatchObject(refused('ERR_2001'))
    await expect(example.train({ settings: { epoch: 5 } })).rejects.toMatchObject(refused('ERR_2001'))
    expect(await example.client.jobs.list({})).toHaveLength(count)
  })

  it('previews a split with its similarity and the shift of its labels', async () => {
    const column = await example.client.jobs.splitPreview({ datasetId: DATASET, split: 'column' })
    expect(column).toMatchObject({
      test: 30,
      groups: null,
      dates: null,
      labels: { tested: { n: 30 }, learned: { n: 118 } },
    })
    expect(column.train + column.validation).toBe(120)
    expect(column.nearestTrainSimilarity).toBeGreaterThan(0.2)
    expect(column.nearestTrainSimilarity).toBeLessThan(1)
    expect(column.similarity!.counts.reduce((a, b) => a + b)).toBe(30)
    expect(column.labels!.tested.counts.reduce((a, b) => a + b)).toBe(30)
    const { tested, learned, meanDifference } = column.labels!
    expect(meanDifference).toBeCloseTo(tested.mean - learned.mean, 12)
    const rows = await example.client.jobs.splitRows({ datasetId: DATASET, split: 'column' })
    expect(rows.test).toEqual(Array.from({ length: 30 }, (_, i) => 5 * i + 4))
  }, 60_000)

  it('keeps close analogues of the training compounds out of the test part of a cluster split', async () => {
    const preview = (split: 'random' | 'cluster') => example.client.jobs.splitPreview({ datasetId: DATASET, split })
    const [random, cluster] = [await preview('random'), await preview('cluster')]
    expect(cluster.groups!.all).toBeGreaterThan(cluster.groups!.tested)
    expect(cluster.nearestTrainSimilarity!).toBeLessThan(random.nearestTrainSimilarity!)
    await expect(example.client.jobs.splitPreview({ datasetId: DATASET, split: 'time' })).rejects.toMatchObject({
      data: { code: 'ERR_6003', message: expect.stringContaining('no dates') },
    })
  }, 60_000)

  it('trains on a cluster split and on one fold of three', async () => {
    const rows = { datasetId: DATASET, split: 'cluster', fold: { index: 2, of: 3 } } as const
    const expected = await example.client.jobs.splitRows(rows)
    const { id, modelId } = await example.ended((await example.train({ split: rows.split, fold: rows.fold })).id)
    const card = trainedCard((await example.client.models.get({ id: modelId! })).card)
    expect(card.split).toEqual({ kind: 'cluster', fold: rows.fold, ...expected })
    const spec = JSON.parse(readFileSync(path.join(example.workspace, 'runs', id, 'run.json'), 'utf8'))
    expect(spec.rows.cluster).toHaveLength(150)
  }, 60_000)
})

describe('a preset of the user’s', () => {
  it('is trained with as it was when the run was queued', async () => {
    await example.client.presets.save({
      name: 'Tiny',
      recipe: 'dmpnn',
      base: 'smoke',
      settings: { hidden: 8, headHidden: 8 },
    })
    const specs = await example.client.jobs.settings({ recipe: 'dmpnn', preset: 'Tiny' })
    expect(specs.find(({ name }) => name === 'hidden')).toMatchObject({ default: 8, min: 4 })
    const job = await example.train({ preset: 'Tiny', settings: { epochs: 2 } })
    await example.client.presets.remove({ name: 'Tiny' })
    const done = await example.ended(job.id)
    expect(done).toMatchObject({ state: 'completed', train: { preset: 'Tiny', settings: { hidden: 8, epochs: 2 } } })
    const card = trainedCard((await example.client.models.get({ id: done.modelId! })).card)
    expect(card).toMatchObject({ preset: 'Tiny', settings: { hidden: 8, headHidden: 8, epochs: 2, depth: 2 } })
    const [value] = await example.client.predictions.predict({ modelId: done.modelId!, smiles: ['CCO'] })
    expect(value).toMatchObject({ ok: true, prediction: { smiles: 'CCO' } })
    await expect(example.train({ preset: 'Tiny' })).rejects.toMatchObject({ data: { code: 'ERR_3006' } })
  }, 60_000)
})

describe('an evaluation', () => {
  let evaluated: Job
  let refit: Job
  beforeAll(async () => {
    const asked = { recipe: 'tanimoto-gp', split: 'random', scramble: true, refit: true } as const
    evaluated = await example.ended((await example.train(asked)).id)
    const next = (await example.client.jobs.list({})).find(({ train }) => train?.refitOf === evaluated.modelId)
    refit = await example.ended(next!.id)
  }, 90_000)

  it('stands beside its floors, its leakage and what chance gives', async () => {
    const { metrics, baselines, leakage, scrambling } = evaluated.result!
    for (const floor of [baselines.mean, baselines.nearest]) expect(floor.metrics).toMatchObject({ n: metrics.test.n })
    expect(baselines.validation!.nearest.metrics!.n).toBe(metrics.validation.n)
    const card = trainedCard((await example.client.models.get({ id: evaluated.modelId! })).card)
    expect(card).toMatchObject({ leakage, scrambling })
    // Every test compound, each with its nearest learned one: by comparing pair by pair.
    expect(card.neighbours!.map(({ row }) => row)).toEqual(card.split.test.filter(row => row > 1))
    expect(leakage!.n).toBe(metrics.test.n)
    expect(leakage!.histogram.reduce((a, b) => a + b)).toBe(leakage!.n)
    const learned = new Set([...card.split.train, ...card.split.validation])
    expect(card.neighbours!.every(({ nearest }) => learned.has(nearest))).toBe(true)
    expect(scrambling!.repeats).toHaveLength(10)
    const chance = scrambling!.repeats.map(({ r2 }) => r2!)
    expect(scrambling!.unscrambled.r2!).toBeGreaterThan(Math.max(...chance))
    expect(card.learnedFrom).toMatchObject({ weights: ['train', 'validation'], testFigures: ['train', 'validation'] })
    const written = readFileSync(path.join(example.workspace, 'runs', evaluated.id, 'split.json'), 'utf8')
    expect(JSON.parse(written)).toMatchObject({ kind: 'random', seed: 42, test: card.split.test })
  })

  it('is followed by a model of all rows, whose figures remain those of the evaluated one', async () => {
    expect(refit).toMatchObject({ state: 'completed', result: { metrics: evaluated.result!.metrics } })
    const [before, after] = await Promise.all(
      [evaluated, refit].map(async job => trainedCard((await example.client.models.get({ id: job.modelId! })).card)),
    )
    expect(after).toMatchObject({
      refitOf: evaluated.modelId,
      split: before!.split,
      parity: before!.parity,
      scrambling: before!.scrambling,
      learnedFrom: {
        weights: ['train', 'validation', 'test'],
        weightRows: 148, // two of 150 are bounds
        testFigures: ['train', 'validation'],
        testFigureRows: before!.learnedFrom!.weightRows,
      },
    })
    expect(after!.files.domain.sha256).not.toBe(before!.files.domain.sha256)
    const { model } = await example.client.models.get({ id: refit.modelId! })
    expect(model.name).toMatch(/^Example · tanimoto-gp · all rows$/)
  })

  it('is not followed by another one of all rows', async () => {
    const again = example.client.jobs.refit({ modelId: refit.modelId! })
    await expect(again).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    const forged = example.train({ refitOf: evaluated.modelId! })
    await expect(forged).rejects.toMatchObject({ data: { code: 'ERR_2001', path: 'refitOf' } })
  })
})

describe('stopping a run', () => {
  it('cancels by itself and keeps a checkpoint, from which it goes on when asked', async () => {
    const job = await example.train(endless)
    await started(job.id)
    const begin = performance.now()
    expect((await example.client.jobs.cancel({ id: job.id })).state).toBe('cancelling')
    const cancelled = await example.ended(job.id)
    // By itself: SIGTERM would come after 10 s.
    expect(performance.now() - begin).toBeLessThan(8_000)
    expect(cancelled).toMatchObject({ state: 'cancelled', reason: 'user', hasCheckpoint: true, modelId: null })

    await example.client.jobs.resume({ id: job.id })
    await example.until(job.id, ({ state }) => state === 'running')
    await example.until(job.id, trains)
    await example.client.jobs.cancel({ id: job.id })
    await example.ended(job.id)
    const lines = (await collect(await example.client.jobs.log({ id: job.id }))).flat() as LogLine[]
    expect(lines.filter(line => line.message.includes('goes on from the checkpoint'))).toHaveLength(1)
  }, 60_000)

  it('pauses with a checkpoint and gives its place to the next', async () => {
    const first = await example.train(endless)
    await started(first.id)
    const second = await example.train()
    expect((await example.client.jobs.pause({ id: first.id })).state).toBe('pausing')
    expect(await example.until(first.id, ({ state }) => state === 'paused')).toMatchObject({ hasCheckpoint: true })
    expect((await example.ended(second.id)).state).toBe('completed')
    await example.client.jobs.cancel({ id: first.id })
    expect((await example.ended(first.id)).state).toBe('cancelled')
  }, 60_000)

  it('fails as a crash when the trainer is killed and may not try again, and says what was kept', async () => {
    const job = await example.train({ ...endless, queue: { retries: 0 } })
    await started(job.id)
    process.kill(example.trainers.at(-1)!.pid!, 'SIGKILL')
    const failed = await example.ended(job.id)
    expect(failed).toMatchObject({ state: 'failed', reason: 'crash', error: { code: 'ERR_9001' } })
    const kept = readdirSync(path.join(example.workspace, 'runs', job.id)).some(name =>
      /^checkpoint-\d+\.bin$/.test(name),
    )
    expect(failed.hasCheckpoint).toBe(kept)
  }, 60_000)

  it('goes on by itself from its checkpoint when the trainer is killed', async () => {
    const job = await example.train({ ...endless, queue: { retries: 1 } })
    await example.until(job.id, ({ hasCheckpoint, progress }) => hasCheckpoint || (progress?.epoch ?? 0) >= 1)
    process.kill(example.trainers.at(-1)!.pid!, 'SIGKILL')
    const waiting = await example.until(job.id, ({ state }) => state === 'queued')
    expect(waiting).toMatchObject({ retriesLeft: 0, attempts: 1, retryAt: expect.any(Number) })
    await example.client.queue.retry({ id: job.id })
    await example.until(job.id, ({ state, progress }) => state === 'running' && (progress?.epoch ?? 0) >= 1)
    process.kill(example.trainers.at(-1)!.pid!, 'SIGKILL')
    expect(await example.ended(job.id)).toMatchObject({ state: 'failed', reason: 'crash', attempts: 2 })
    const { attempts } = await example.client.jobs.get({ id: job.id })
    expect(attempts.map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'ERR_9001'],
      ['failed', 'ERR_9001'],
    ])
  }, 60_000)

  it('interrupts a run when the application closes, and resumes it afterwards', async () => {
    const job = await example.train(endless)
    await started(job.id)
    await example.reopen()
    const { job: left } = await example.client.jobs.get({ id: job.id })
    expect(left).toMatchObject({ state: 'interrupted', reason: 'user', hasCheckpoint: true })
    await example.client.jobs.resume({ id: job.id })
    await example.until(job.id, trains)
    await example.client.jobs.cancel({ id: job.id })
    await example.ended(job.id)
    await example.client.jobs.remove({ id: job.id })
    expect(readdirSync(path.join(example.workspace, 'runs'))).not.toContain(job.id)
  }, 60_000)
})
