/**
 * NVIDIA's cards, as their driver's own `nvidia-smi` tells of them. Nothing of CUDA is needed; a machine without the program has no
 * such card. Its answers are comma-separated (`--format=csv,noheader,nounits`), and what a card or a driver does not know is written
 * in brackets: `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[Insufficient Permissions]`.
 */
import { execFile } from 'node:child_process'

export interface GpuReading {
  index: number
  /** `GPU-…`, by which the list of processes names it. */
  uuid: string
  name: string
  /** Of the last fraction of a second in which any kernel ran, 0–100. */
  percent: number | null
  memoryUsedBytes: number | null
  memoryTotalBytes: number | null
  temperatureC: number | null
  powerWatts: number | null
}

export interface GpuProcess {
  gpuUuid: string
  pid: number
  /** Windows' desktop driver does not tell. */
  memoryBytes: number | null
}

/** `absent`: there is no such program. `failed`: it says that it cannot tell, and why. */
export type SmiAnswer<T> = { state: 'read'; value: T } | { state: 'absent' } | { state: 'failed'; message: string }

/** Answers what it printed; rejects as `execFile` does. */
export type RunSmi = (args: readonly string[]) => Promise<string>

const CARD_FIELDS = [
  'index',
  'uuid',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
] as const
const FORMAT = '--format=csv,noheader,nounits'
const MIB = 1024 ** 2
const TIMEOUT_MS = 10_000

export function readGpus(run: RunSmi = runSmi): Promise<SmiAnswer<GpuReading[]>> {
  return ask(run, `--query-gpu=${CARD_FIELDS.join(',')}`, parseGpus)
}

/** Every process that computes on a card. Pids are those of the driver's own world: inside a container they are other ones. */
export function readGpuProcesses(run: RunSmi = runSmi): Promise<SmiAnswer<GpuProcess[]>> {
  return ask(run, '--query-compute-apps=gpu_uuid,pid,used_memory', parseGpuProcesses)
}

/** Throws where a line is none of a card. */
export function parseGpus(text: string): GpuReading[] {
  return linesOf(text).map(line => {
    const fields = line.split(', ')
    // A name may have a comma in it; nothing else may.
    const [index, uuid, ...rest] = fields
    const [power, temperature, total, used, percent] = rest.splice(-5).reverse()
    const name = rest.join(', ')
    if (!/^\d+$/.test(index ?? '') || !uuid?.startsWith('GPU-') || name === '') throw unexpected(line)
    return {
      index: Number(index),
      uuid,
      name,
      percent: numberOf(percent, line),
      memoryUsedBytes: inBytes(numberOf(used, line)),
      memoryTotalBytes: inBytes(numberOf(total, line)),
      temperatureC: numberOf(temperature, line),
      powerWatts: numberOf(power, line),
    }
  })
}

/** Throws where a line is none of a process. */
export function parseGpuProcesses(text: string): GpuProcess[] {
  return linesOf(text).map(line => {
    const [gpuUuid, pid, memory, ...more] = line.split(', ')
    if (!gpuUuid?.startsWith('GPU-') || !/^\d+$/.test(pid ?? '') || more.length > 0) throw unexpected(line)
    return { gpuUuid, pid: Number(pid), memoryBytes: inBytes(numberOf(memory, line)) }
  })
}

async function ask<T>(run: RunSmi, query: string, parse: (text: string) => T): Promise<SmiAnswer<T>> {
  let text: string
  try {
    text = await run([query, FORMAT])
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string }
    if (code === 'ENOENT') return { state: 'absent' }
    // It complains on its standard output.
    return { state: 'failed', message: linesOf(stdout ?? '')[0] ?? (error as Error).message }
  }
  try {
    return { state: 'read', value: parse(text) }
  } catch (error) {
    return { state: 'failed', message: (error as Error).message }
  }
}

function runSmi(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('nvidia-smi', [...args], { timeout: TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      if (error) reject(Object.assign(error, { stdout }))
      else resolve(stdout)
    })
  })
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}

function numberOf(field: string | undefined, line: string): number | null {
  if (field === undefined) throw unexpected(line)
  if (/^\[.*\]$/.test(field) || field === 'N/A') return null
  const value = Number(field)
  if (field === '' || !Number.isFinite(value)) throw unexpected(line)
  return value
}

function inBytes(mebibytes: number | null): number | null {
  return mebibytes === null ? null : mebibytes * MIB
}

function unexpected(line: string): Error {
  return new Error(`nvidia-smi answered a line that is none of its format: ${JSON.stringify(line.slice(0, 200))}`)
}
