import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint, type RunState } from './checkpoint.ts'
import { CheckpointStore } from './checkpoint-store.ts'

const IDENTITY = { seed: '42', 'settings.epochs': '4' }
const vector = (seed: number) => Float32Array.from({ length: 7 }, (_, i) => Math.sin(seed * 10 + i))

function stateAt(step: number): RunState {
  return {
    identity: IDENTITY,
    step,
    elapsedMs: 1234.5,
    finished: [
      {
        theta: vector(1),
        scale: { mean: 6.1, sd: 0.1 + 0.2 },
        bestEpoch: 3,
        bestScore: 1 / 3,
        epochs: 5,
        validation: Float64Array.of(0.1, 1 / 7, 6.02214076e23),
      },
    ],
    current: {
      step: 12,
      epoch: 2,
      batch: 4,
      lossSum: Math.PI,
      stopping: { bestEpoch: 1, bestScore: 0.7, epochsWithoutGain: 1 },
      vectors: { theta: vector(2), m: vector(3), v: vector(4), ema: vector(5) },
      best: vector(6),
    },
  }
}

describe('checkpoint', () => {
  it('gives back every bit, from a Buffer in a pool too', () => {
    const state = stateAt(40)
    expect(decodeCheckpoint(encodeCheckpoint(state))).toEqual(state)
    const pool = Buffer.alloc(10_000)
    const bytes = encodeCheckpoint(state)
    pool.set(bytes, 13)
    expect(decodeCheckpoint(pool.subarray(13, 13 + bytes.length))).toEqual(state)
  })

  it('holds a run between two members and before the first epoch', () => {
    const between = { ...stateAt(40), current: null }
    expect(decodeCheckpoint(encodeCheckpoint(between))).toEqual(between)
    const { current } = stateAt(40)
    const early: RunState = { ...stateAt(3), finished: [], current: { ...current!, best: null } }
    expect(decodeCheckpoint(encodeCheckpoint(early))).toEqual(early)
  })

  it('knows in how many parts batches go since memory ran out', () => {
    const halved = { ...stateAt(40), halvings: [{ step: 7, parts: 2, items: 16 }] }
    expect(decodeCheckpoint(encodeCheckpoint(halved))).toEqual(halved)
  })

  it('notices every damaged byte', () => {
    const bytes = encodeCheckpoint(stateAt(40))
    for (const at of [0, 9, 20, 400, bytes.length - 40, bytes.length - 1]) {
      expect(() => decodeCheckpoint(bytes.with(at, bytes[at]! ^ 1))).toThrow('The checkpoint cannot be used')
    }
    expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 4))).toThrow('The checkpoint cannot be used')
  })
})

describe('checkpoint store', () => {
  const folderOf = () => mkdtempSync(path.join(tmpdir(), 'bindery-checkpoints-'))

  it('keeps the last two and the best', async () => {
    const folder = folderOf()
    const store = new CheckpointStore(folder)
    for (const step of [2, 10, 100]) await store.save(stateAt(step))
    await store.saveBest(stateAt(100))
    expect(readdirSync(folder).sort()).toEqual([
      'checkpoint-00000010.bin',
      'checkpoint-00000100.bin',
      'checkpoint-best.bin',
    ])
    expect(await store.load(IDENTITY, () => undefined)).toEqual(stateAt(100))
    const best = decodeCheckpoint(readFileSync(path.join(folder, 'checkpoint-best.bin')))
    expect(best.current).toMatchObject({ best: vector(6), vectors: {} })
  })

  it('passes over a damaged newest one and says so', async () => {
    const folder = folderOf()
    const store = new CheckpointStore(folder)
    await store.save(stateAt(10))
    writeFileSync(path.join(folder, await store.save(stateAt(20))), 'half a')
    const told: string[] = []
    expect((await store.load(IDENTITY, file => told.push(file)))?.step).toBe(10)
    expect(told).toEqual(['checkpoint-00000020.bin'])
  })

  it('refuses another configuration and a folder without a whole one', async () => {
    const folder = folderOf()
    const store = new CheckpointStore(folder)
    expect(await store.load(IDENTITY, () => undefined)).toBeNull()
    const file = await store.save(stateAt(10))
    await expect(store.load({ ...IDENTITY, seed: '7' }, () => undefined)).rejects.toMatchObject({
      code: 'ERR_6005',
      message: 'checkpoint-00000010.bin belongs to another run: seed was 42, this run has 7',
      details: { different: ['seed'] },
    })
    writeFileSync(path.join(folder, file), '')
    await expect(store.load(IDENTITY, () => undefined)).rejects.toMatchObject({ code: 'ERR_6005' })
  })
})
