import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoreWriter } from '../store/handles.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { createJobSignals } from './job-signals.ts'
import { createJobStore } from './job-store.ts'
import { readRunFiles, type TailOptions } from './metrics-tail.ts'
import { followRun } from './run-follower.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-tail-'))
const signals = createJobSignals()
let store: Store
let log: JobLog
beforeAll(async () => {
  store = await openStore(folder)
  log = createJobLog(store, signals)
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function newRun(): TailOptions & { metrics: string } {
  const { id } = createJobStore(store).insert({ kind: 'train', name: 'run', datasetId: null, request: {} })
  const runFolder = path.join(folder, id)
  mkdirSync(runFolder)
  return { store, log, jobId: id, runFolder, metrics: path.join(runFolder, 'metrics.jsonl') }
}

const line = (step: number, value = step / 2, name = 'train.loss'): string =>
  `${JSON.stringify({ step, name, value, at: 1_700_000_000_000 + step })}\n`
const stored = (jobId: string): { step: number; value: number }[] =>
  store.all('SELECT step, value FROM metrics WHERE job_id = ? ORDER BY name, step', [jobId])
const offset = (jobId: string): unknown =>
  store.one('SELECT bytes, lines FROM file_offsets WHERE job_id = ? AND file = ?', [jobId, 'metrics.jsonl'])

/** What ended a host of its own that reads the run: a signal, or its exit code. */
async function readAsHost(run: TailOptions, when: string, nth: number): Promise<number | string | null> {
  const script = path.join(import.meta.dirname, 'fixtures/metrics-reader.ts')
  const child = spawn(process.execPath, [script, folder, run.jobId, run.runFolder, when, String(nth)], {
    stdio: 'inherit',
  })
  const [code, signal] = await once(child, 'exit')
  return signal ?? code
}

describe('reading metrics.jsonl', () => {
  it('leaves a half-written line for the next reading, wherever it is cut', async () => {
    const text = line(1) + line(2, 3.25, 'Ångström.µ') + line(3)
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const run = newRun()
      writeFileSync(run.metrics, bytes.subarray(0, cut))
      await readRunFiles(run)
      const whole = bytes.subarray(0, cut).toString('utf8').split('\n').length - 1
      expect(stored(run.jobId)).toHaveLength(whole)
      appendFileSync(run.metrics, bytes.subarray(cut))
      await readRunFiles(run)
      expect(
        stored(run.jobId)
          .map(row => row.step)
          .sort(),
      ).toEqual([1, 2, 3])
      expect(offset(run.jobId)).toEqual({ bytes: bytes.length, lines: 3 })
      expect(log.after(run.jobId, -1, 10)).toEqual([])
    }
  })

  it.runIf(process.platform !== 'win32')(
    'loses nothing and counts nothing twice where the host is killed between reading and committing',
    async () => {
      const run = newRun()
      // Some ten blocks; the values differ, so that a line taken for another would show.
      const count = 6_000
      writeFileSync(run.metrics, Array.from({ length: count }, (_, step) => line(step, Math.sin(step))).join(''))
      let before = 0
      for (const [when, nth] of [
        ['inside', 1],
        ['inside', 2],
        ['after', 1],
        ['inside', 3],
        ['after', 2],
      ] as const) {
        expect(await readAsHost(run, when, nth)).toBe('SIGKILL')
        const { lines = 0 } = (offset(run.jobId) as { lines: number } | undefined) ?? {}
        const rows = stored(run.jobId)
        // What is stored is what the offset says, never a line more.
        expect(rows.map(row => row.step)).toEqual(Array.from({ length: lines }, (_, step) => step))
        if (when === 'inside' && nth === 1) expect(lines).toBe(before)
        else expect(lines).toBeGreaterThan(before)
        before = lines
      }
      expect(before).toBeLessThan(count)
      expect(await readAsHost(run, 'never', 0)).toBe(0)
      expect(stored(run.jobId)).toEqual(Array.from({ length: count }, (_, step) => ({ step, value: Math.sin(step) })))
    },
    60_000,
  )

  it('has nothing to read while the file is not there', async () => {
    expect(await readRunFiles(newRun())).toEqual({ bytesRead: 0, rows: 0 })
  })

  it('names a malformed line by its number and reads on', async () => {
    const run = newRun()
    writeFileSync(run.metrics, line(1))
    await readRunFiles(run)
    appendFileSync(run.metrics, `${line(2)}{"step": 3, "na\n{"step":-1,"name":"x","value":1,"at":0}\n${line(5)}`)
    await readRunFiles(run)
    expect(stored(run.jobId).map(row => row.step)).toEqual([1, 2, 5])
    const entries = log.after(run.jobId, -1, 10)
    expect(entries.map(entry => entry.level)).toEqual(['error', 'error'])
    expect(entries[0]!.message).toContain('metrics.jsonl line 3: expected one JSON object, got "{\\"step\\": 3')
    expect(entries[1]!.message).toContain('metrics.jsonl line 4: ')
    expect(entries[1]!.message).toContain('step')
  })

  it('reads a cut file again from its start, says so, and counts nothing twice', async () => {
    const run = newRun()
    writeFileSync(run.metrics, line(1) + line(2) + line(3))
    await readRunFiles(run)
    truncateSync(run.metrics, line(1).length)
    appendFileSync(run.metrics, line(2, 99))
    await readRunFiles(run)
    expect(stored(run.jobId)).toEqual([
      { step: 1, value: 0.5 },
      { step: 2, value: 99 },
      { step: 3, value: 1.5 },
    ])
    expect(log.after(run.jobId, -1, 10)).toMatchObject([{ level: 'warn', sequence: 0 }])
    expect(log.after(run.jobId, -1, 10)[0]!.message).toMatch(/metrics\.jsonl was cut or replaced/)
  })

  it('notices a replaced file that has grown past the old offset', async () => {
    const run = newRun()
    writeFileSync(run.metrics, line(1) + line(2))
    await readRunFiles(run)
    writeFileSync(run.metrics, line(100) + line(101) + line(102))
    await readRunFiles(run)
    expect(stored(run.jobId).map(row => row.step)).toEqual([1, 2, 100, 101, 102])
  })

  it('loses and doubles nothing when the process dies between reading and committing', async () => {
    const run = newRun()
    writeFileSync(run.metrics, Array.from({ length: 5_000 }, (_, i) => line(i)).join(''))
    let blocks = 0
    const dying: StoreWriter = {
      ...store,
      write: work =>
        store.write(() => {
          const result = work()
          if (++blocks === 3) throw new Error('killed before the commit')
          return result
        }),
    }
    await expect(readRunFiles({ ...run, store: dying })).rejects.toThrow('killed before the commit')
    const committed = stored(run.jobId).length
    expect(committed).toBeGreaterThan(0)
    expect(committed).toBeLessThan(5_000)
    expect((offset(run.jobId) as { lines: number }).lines).toBe(committed)
    expect((await readRunFiles(run)).rows).toBe(5_000 - committed)
    expect(stored(run.jobId).map(row => row.step)).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
  })

  it('reads 10 KB of news in a file of 100 MB with at most 64 KB of reading', async () => {
    const run = newRun()
    const descriptor = openSync(run.metrics, 'w')
    const block = line(7).repeat(10_000)
    let size = 0
    let lines = 0
    while (size < 100 * 2 ** 20) {
      writeSync(descriptor, block)
      size += block.length
      lines += 10_000
    }
    closeSync(descriptor)
    store.run('INSERT INTO file_offsets (job_id, file, bytes, lines) VALUES (?, ?, ?, ?)', [
      run.jobId,
      'metrics.jsonl',
      size,
      lines,
    ])
    let news = ''
    for (let step = 1_000_000; news.length < 10_000; step++) news += line(step)
    appendFileSync(run.metrics, news)
    const report = await readRunFiles(run)
    expect(report.rows).toBe(news.split('\n').length - 1)
    expect(report.bytesRead).toBe(news.length + 1)
    expect(report.bytesRead).toBeLessThanOrEqual(64 * 1024)
    rmSync(run.metrics)
  })

  it('hands on a line over a megabyte as an error and continues behind it', async () => {
    const run = newRun()
    writeFileSync(run.metrics, `${line(1)}${'x'.repeat(3 * 2 ** 20)}\n${line(2)}`)
    await readRunFiles(run)
    expect(stored(run.jobId).map(row => row.step)).toEqual([1, 2])
    expect(log.after(run.jobId, -1, 10)[0]!.message).toContain('metrics.jsonl line 2')
  })

  it('brings log lines into the sequence of the host', async () => {
    const run = newRun()
    log.append(run.jobId, 'info', 'from the host')
    writeFileSync(path.join(run.runFolder, 'log.jsonl'), '{"at":5,"level":"warn","message":"from the run"}\n')
    await readRunFiles(run)
    log.append(run.jobId, 'info', 'again')
    expect(log.after(run.jobId, 0, 10)).toMatchObject([
      { sequence: 1, at: 5, level: 'warn', message: 'from the run' },
      { sequence: 2, message: 'again' },
    ])
  })
})

describe('following a run', () => {
  it('keeps up with two runs that write 1,000 rows a second each', async () => {
    const runs = [newRun(), newRun()]
    const writer = path.join(import.meta.dirname, 'fixtures', 'metrics-writer.ts')
    const followers = runs.map(run =>
      followRun({
        ...run,
        signals,
        onError: error => {
          throw error
        },
      }),
    )
    const writers = runs.map(run =>
      spawn(process.execPath, [writer, run.metrics, '1000', '1500'], { stdio: 'inherit' }),
    )
    let seenWhileRunning = 0
    const look = setInterval(() => {
      seenWhileRunning = Math.max(seenWhileRunning, stored(runs[0]!.jobId).length)
    }, 50)
    const codes = await Promise.all(writers.map(child => new Promise(resolve => child.once('exit', resolve))))
    clearInterval(look)
    expect(codes).toEqual([0, 0])
    await Promise.all(followers.map(follower => follower.finish()))
    for (const run of runs) {
      expect(stored(run.jobId).map(row => row.step)).toEqual(Array.from({ length: 1500 }, (_, i) => i))
    }
    expect(seenWhileRunning).toBeGreaterThan(500)
  })
})
