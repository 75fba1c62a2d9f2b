/** Preflights through the API of the application, with its real child processes. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PreflightEvent, PreflightReport } from '../../shared/contract/preflight.ts'
import { DATASET, type ExampleWorkspace, openExample } from '../jobs/fixtures/example-workspace.ts'

let example: ExampleWorkspace
let freeBytes: number | null = null
beforeAll(async () => {
  const free = async () => ({ memoryBytes: freeBytes, gpuMemoryBytes: null, diskBytes: null })
  example = await openExample({ jobs: { free, lookAgainMs: 20 } })
})
afterAll(() => example.close())

const question = { datasetId: DATASET, recipe: 'dmpnn', preset: 'smoke', provider: 'cpu' } as const
type Request = Parameters<ExampleWorkspace['client']['preflight']['estimate']>[0]

async function estimate(request: Partial<Request> = {}, signal?: AbortSignal): Promise<PreflightEvent[]> {
  const events: PreflightEvent[] = []
  const options = signal === undefined ? {} : { signal }
  for await (const event of await example.client.preflight.estimate({ ...question, ...request }, options))
    events.push(event)
  return events
}
const reportOf = (events: PreflightEvent[]): PreflightReport => {
  const last = events.at(-1)
  if (last?.type !== 'told') throw new Error(`expected a report, got ${JSON.stringify(last)}`)
  return last.report
}
const probeFolders = () => {
  const folder = path.join(example.workspace, 'cache', 'preflight')
  return existsSync(folder) ? readdirSync(folder) : []
}

it('measures once, and then answers at once from what it knows', async () => {
  expect(await estimate({ storedOnly: true })).toEqual([{ type: 'unknown' }])
  const events = await estimate()
  expect(events.slice(0, -1).map(({ type }) => type)).toContain('progress')
  const report = reportOf(events)
  const { network, memory } = report
  expect(report).toMatchObject({ provider: 'cpu', process: null, fittedBatch: null })
  expect(network).toMatchObject({ members: 1, epochs: 5, batchSize: 32 })
  expect(network!.epochMs).toBeGreaterThanOrEqual(network!.stepsPerEpoch * network!.stepMs)
  expect(report.totalMs).toBe(network!.totalMs)
  expect(memory).toMatchObject({ fits: true })
  expect(memory.peakBytes).toBeLessThan(memory.totalBytes)
  expect(probeFolders()).toEqual([])
  const again = await estimate({ storedOnly: true })
  expect(again).toHaveLength(1)
  expect(reportOf(again)).toMatchObject({ measuredAt: report.measuredAt, network })
  expect(reportOf(await estimate({ again: true })).measuredAt).toBeGreaterThan(report.measuredAt)
})

it('knows other lengths of the same training too, and not other widths', async () => {
  const longer = reportOf(await estimate({ storedOnly: true, settings: { epochs: 50, members: 2 } }))
  const once = reportOf(await estimate({ storedOnly: true }))
  expect(longer.network!.epochMs).toBe(once.network!.epochMs)
  expect(longer.network!.totalMs).toBeGreaterThan(19 * once.network!.totalMs)
  expect(await estimate({ storedOnly: true, settings: { hidden: 64 } })).toEqual([{ type: 'unknown' }])
  expect(await estimate({ storedOnly: true, settings: { batchSize: 33 } })).toEqual([{ type: 'unknown' }])
})

it('lets a run wait for the memory that was measured, not for what is guessed', async () => {
  const { memory } = reportOf(await estimate({ storedOnly: true }))
  freeBytes = memory.peakBytes - 1
  const { id } = await example.train()
  const waiting = await example.until(id, job => job.waitsFor.length > 0)
  expect(waiting.waitsFor).toEqual([{ what: 'memory', neededBytes: memory.peakBytes, freeBytes }])
  freeBytes = memory.peakBytes
  expect(await example.ended(id)).toMatchObject({ state: 'completed' })
  freeBytes = null
})

it('finds a batch size that a run can be started with', async () => {
  const { fittedBatch, network } = reportOf(await estimate({ fitBatch: true }))
  expect(fittedBatch).toMatchObject({ preset: 32, batchSize: network!.batchSize })
  expect(fittedBatch!.measured.map(({ batchSize }) => batchSize)).toContain(network!.batchSize)
  const settings = { batchSize: fittedBatch!.batchSize }
  expect(reportOf(await estimate({ storedOnly: true, settings })).network).toMatchObject(settings)
})

it('stops with whoever asked, and leaves nothing behind', async () => {
  const aborter = new AbortController()
  const stream = await example.client.preflight.estimate(
    { ...question, settings: { hidden: 400, batchSize: 1_000 } },
    { signal: aborter.signal },
  )
  const events: PreflightEvent[] = []
  try {
    for await (const event of stream) {
      events.push(event)
      if (event.type === 'progress' && event.stage === 'probing') aborter.abort()
    }
  } catch (error) {
    // Whether the stream ends or throws is the transport's.
    expect(aborter.signal.aborted, String(error)).toBe(true)
  }
  expect(events.map(({ type }) => type)).not.toContain('told')
  await expect.poll(probeFolders, { timeout: 20_000 }).toEqual([])
})

it('says in one sentence why it cannot tell', async () => {
  const [missing] = await estimate({ datasetId: 'ds_000000000099' })
  expect(missing).toMatchObject({ type: 'failed', error: { code: 'ERR_3001' } })
  const [wrong] = await estimate({ settings: { hidden: 1 } })
  expect(wrong).toMatchObject({ type: 'failed', error: { code: 'ERR_2001', path: 'settings.hidden' } })
  const last = (await estimate({ provider: 'cuda' })).at(-1)
  expect(last).toMatchObject({ type: 'failed', error: { code: 'ERR_7001' } })
})
