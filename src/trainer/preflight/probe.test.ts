/** Probes in real trainer processes. */
import { readdirSync, rmSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import type { ProbeRequest } from '../../shared/probe-profile.ts'
import { createRunFolder, type RunFolder, startTrainer } from '../fixtures/run-folder.ts'

let run: RunFolder
afterEach(() => rmSync(run.folder, { recursive: true, force: true }))

const request: ProbeRequest = {
  processRows: 0,
  fitBatch: false,
  largestBatch: 64,
  memoryBytes: Number.MAX_SAFE_INTEGER,
}
const startProbe = (changes: Partial<ProbeRequest> = {}) =>
  startTrainer(run.folder, { type: 'probe', runFolder: run.folder, request: { ...request, ...changes } })

async function probed(changes: Partial<ProbeRequest> = {}) {
  const trainer = startProbe(changes)
  const answer = await trainer.next('probed')
  expect(await trainer.exit).toEqual({ code: 0, signal: null })
  if (answer.type !== 'probed') throw new Error('no profile')
  return { ...answer.profile, messages: trainer.messages }
}

test('measures both parts of a recipe and leaves no trace of a run', async () => {
  run = createRunFolder({ recipe: 'auto', rows: 80 })
  const { baseBytes, network, process, messages } = await probed({ processRows: 64 })
  expect(network!.batches).toMatchObject([{ batchSize: 8 }])
  expect(network!.refused).toEqual([])
  const { stepMs, peakBytes } = network!.batches[0]!
  for (const figure of [baseBytes, stepMs, network!.evaluateMs, network!.rowBytes]) expect(figure).toBeGreaterThan(0)
  expect(peakBytes).toBeGreaterThanOrEqual(process!.peakBytes)
  expect(process!.peakBytes).toBeGreaterThanOrEqual(baseBytes)
  // Fewer rows than its algebra is timed at: what it takes is the cube's alone.
  expect(process).toMatchObject({ tuningRows: 80, squareMs: 0 })
  expect(process!.cubeMs * 64 ** 3).toBeGreaterThan(0)
  expect(messages.filter(({ type }) => type === 'probing')).not.toEqual([])
  const left = readdirSync(run.folder).filter(name => !/^(run\.json|features\.bin|(log|metrics)\.jsonl)$/.test(name))
  expect(left).toEqual([])
})

test('looks for a batch size from 16 up to the largest, and measures the one that is set', async () => {
  run = createRunFolder({ rows: 60, settings: { batchSize: 24 } })
  const { network } = await probed({ fitBatch: true, largestBatch: 40 })
  const sizes = network!.batches.map(({ batchSize }) => batchSize)
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
  expect(sizes).toEqual(expect.arrayContaining([16, 24]))
  expect(sizes.at(-1)).toBeLessThanOrEqual(40)
})

test('ends promptly where it is cancelled', async () => {
  run = createRunFolder({ rows: 60, settings: { hidden: 300, batchSize: 512 } })
  const trainer = startProbe()
  await trainer.next('probing')
  trainer.send({ type: 'cancel' })
  await trainer.exit
  expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'cancel' })
  expect(trainer.messages.some(({ type }) => type === 'probed')).toBe(false)
})
