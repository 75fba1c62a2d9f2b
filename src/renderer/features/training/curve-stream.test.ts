import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { MetricBatch } from '../../../shared/contract/metrics.ts'
import { curvesOf } from './curve-feed.ts'
import { createCurveStreams, type OpenMetrics, UNWANTED_MS } from './curve-stream.ts'

const batch = (cursor: number, step: number): MetricBatch => ({
  cursor,
  curves: [{ name: 'train.loss', steps: [step], values: [1] }],
})

interface Opened {
  id: string
  after: number
  signal: AbortSignal
  send(next: MetricBatch): void
  fail(error: Error): void
}

let opened: Opened[]
const open: OpenMetrics = async ({ id, after }, { signal }) => {
  let queue = Promise.withResolvers<MetricBatch>()
  opened.push({ id, after, signal, send: next => queue.resolve(next), fail: error => queue.reject(error) })
  return (async function* () {
    for (;;) {
      const next = await queue.promise
      queue = Promise.withResolvers()
      yield next
    }
  })()
}
/** Until everything that was sent has been heard. */
const heard = () => vi.advanceTimersByTimeAsync(0)

let jobs = 0
/** What a page knows of a run outlives its streams: each test has a run of its own. */
const newJob = () => `job_${++jobs}`

beforeEach(() => {
  vi.useFakeTimers()
  opened = []
})
afterEach(() => vi.useRealTimers())

it('hands over the stream that was opened ahead, with what has come on it', async () => {
  const [job, streams] = [newJob(), createCurveStreams(open)]
  streams.openAhead(job)
  await heard()
  opened[0]!.send(batch(7, 3))
  await heard()
  expect(curvesOf(job).cursor).toBe(7)
  const stream = streams.take(job)
  const changed = vi.fn()
  void stream.watch(changed)
  expect(changed).toHaveBeenCalledTimes(1)
  opened[0]!.send(batch(8, 4))
  await heard()
  expect(changed).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(2 * UNWANTED_MS)
  expect(stream.signal.aborted).toBe(false)
  expect(opened).toHaveLength(1)
})

it('draws nothing before anything has come', async () => {
  const [job, streams] = [newJob(), createCurveStreams(open)]
  streams.openAhead(job)
  const changed = vi.fn()
  void streams.take(job).watch(changed)
  await heard()
  expect(changed).not.toHaveBeenCalled()
})

it('opens a new one for another run, from what is known of it, and for the same run a second time', async () => {
  const [job, other, streams] = [newJob(), newJob(), createCurveStreams(open)]
  curvesOf(other).apply(batch(5, 1))
  streams.openAhead(job)
  streams.take(other)
  streams.take(job)
  streams.take(job)
  await heard()
  expect(opened.map(({ id, after }) => [id, after])).toEqual([
    [job, 0],
    [other, 5],
    [job, 0],
  ])
})

it('closes what nobody comes for: after a while, or when another is pressed', async () => {
  const [job, other, streams] = [newJob(), newJob(), createCurveStreams(open)]
  streams.openAhead(job)
  await vi.advanceTimersByTimeAsync(UNWANTED_MS - 1)
  streams.openAhead(other)
  await heard()
  expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(UNWANTED_MS)
  expect(opened[1]!.signal.aborted).toBe(true)
})

it('tells whoever watches that it broke off, also before they came', async () => {
  const [job, streams] = [newJob(), createCurveStreams(open)]
  streams.openAhead(job)
  await heard()
  opened[0]!.fail(new Error('the line is down'))
  await heard()
  await expect(streams.take(job).watch(() => undefined)).rejects.toThrow('the line is down')
})
