import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { recipeOf } from '../../recipes/registry.ts'
import type { Fold } from '../../recipes/splits/split.ts'
import { createRunFolder } from '../fixtures/run-folder.ts'
import { readRunConfig } from '../run-config.ts'
import { type AssemblySource, assembleBatch, type ReadyBatch } from './assemble-batch.ts'
import { BatchFeed } from './batch-feed.ts'
import { batchesFrom, type PlannedBatch } from './batch-order.ts'
import { AHEAD } from './batch-protocol.ts'

const ROWS = 90
const { folder, records, spec } = createRunFolder({ rows: ROWS, settings: { epochs: 3, batchSize: 8, dropout: 0.3 } })
const { settings } = await readRunConfig(folder)
const { network } = recipeOf('dmpnn').createParts(settings)
const fold: Fold = { train: range(0, 70), validation: range(70, ROWS) }
const scale = { mean: 6, sd: 2 }
const feeds: BatchFeed[] = []
afterAll(async () => {
  for (const feed of feeds) await feed.close()
  rmSync(folder, { recursive: true, force: true })
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function openFeed(change: { featureFile?: string } = {}): BatchFeed {
  const { y, bound } = spec.rows
  const { featureFile, recipe, seed } = { ...spec, ...change }
  const data = { featureFile, recipe, settings, y: Float64Array.from(y), bound: Int8Array.from(bound), seed }
  const feed = new BatchFeed(data)
  feeds.push(feed)
  return feed
}

/** Made here, in one thread, from the records in memory. */
function expected(planned: PlannedBatch): ReadyBatch {
  const { y, bound } = spec.rows
  const source: AssemblySource = {
    model: network!,
    records: rows => rows.map(row => records[row]!),
    y,
    bound,
    seed: spec.seed,
    member: 1,
    scale,
  }
  return assembleBatch(source, planned)
}

const order = { seed: spec.seed, member: 1, fold, epochs: 3, batchSize: 8 }
const start = { epoch: 0, batch: 0, step: 0 }

describe('batchesFrom', () => {
  it('visits every training row once an epoch, in another order each time, and counts the steps', () => {
    const planned = [...batchesFrom(order, start)]
    const training = planned.filter(batch => batch.kind === 'training')
    const epochs = [0, 1, 2].map(epoch => training.slice(epoch * 9, (epoch + 1) * 9).flatMap(({ rows }) => [...rows]))
    for (const rows of epochs) expect(rows.toSorted((a, b) => a - b)).toEqual(fold.train)
    expect(epochs[0]).not.toEqual(epochs[1])
    expect(training.map(({ step }) => step)).toEqual(range(1, 28))
  })

  it('goes on where a checkpoint left it', () => {
    const whole = [...batchesFrom(order, start)]
    const rest = [...batchesFrom(order, { epoch: 1, batch: 4, step: 13 })]
    expect(rest).toEqual(whole.slice(-rest.length))
    expect(rest[0]).toMatchObject({ kind: 'training', step: 14 })
  })
})

describe('BatchFeed', () => {
  it('gives the tensors that one thread would have made, to the bit', async () => {
    const feed = openFeed()
    feed.begin({ member: 1, fold, scale, from: start })
    // The validation rows come by once: they are small enough to be kept.
    let validations = 0
    const planned = batchesFrom(order, start, () => validations > 0)
    for (const plan of planned) {
      expect(await feed.next()).toEqual(expected(plan))
      if (plan.kind === 'validation') validations++
    }
    expect(validations).toBe(1)
    expect(feed.waitedMs).toBeGreaterThan(0)
  })

  it('begins anew where it is told to and forgets what it had made', async () => {
    const feed = openFeed()
    feed.begin({ member: 1, fold, scale, from: start })
    await feed.next()
    const from = { epoch: 2, batch: 1, step: 19 }
    feed.begin({ member: 1, fold, scale, from })
    expect(await feed.next()).toEqual(expected(batchesFrom(order, from).next().value!))
    feed.begin({ member: 1, fold, scale, from: 'validation' })
    expect(await feed.next()).toMatchObject({ kind: 'validation', start: 0, rows: fold.validation })
  })

  it('makes no more than it may hold, and waits for nothing that is ready', async () => {
    const feed = openFeed()
    feed.begin({ member: 1, fold, scale, from: start })
    await feed.next()
    await wait(1_500)
    const before = feed.waitedMs
    expect(feed.readyCount).toBe(AHEAD.batches)
    for (let k = 0; k < AHEAD.batches; k++) await feed.next()
    expect(feed.waitedMs).toBe(before)
  })

  it('rejects with what went wrong in its thread, and after it was closed', async () => {
    const broken = openFeed({ featureFile: `${spec.featureFile}.absent` })
    broken.begin({ member: 1, fold, scale, from: start })
    await expect(broken.next()).rejects.toThrow('ENOENT')
    const closed = openFeed()
    closed.begin({ member: 1, fold, scale, from: start })
    const pending = closed.next()
    await closed.close()
    await pending.catch(() => undefined) // it may have been ready just before
    await expect(closed.next()).rejects.toThrow('closed')
  })
})
