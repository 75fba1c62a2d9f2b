/**
 * What the rest of the engine costs: features, a Gaussian process, and how a training step grows with its batch and its width.
 *
 *   npm run -s bench:engine -- [--json] [--threads 2] [--only features,process,step]
 *
 * features  molecules a second of the simulated example: RDKit reading alone, and reading with all features
 * process   seconds to fit `tanimoto-gp` on 1,000 and 3,000 random molecules, tuning included, and the peak of memory
 * step      `dmpnn` by batch and width: milliseconds a step (median of 20 after 5), molecules a second, the peak of memory
 *
 * Every process and step is measured in a process of its own, so that a peak is its own; what Node and the runtime take alone is the
 * `base`. One JSON object with --json.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureFeatures } from './engine/features.ts'
import { measureProcess } from './engine/process.ts'
import { measureStep } from './engine/step.ts'

const PROCESS_ROWS = [1_000, 3_000] as const
const STEPS = [96, 300].flatMap(hidden => [16, 64, 256].map(batch => ({ hidden, batch })))

export type Point =
  | { readonly kind: 'base' }
  | { readonly kind: 'process'; readonly rows: number; readonly threads: number }
  | { readonly kind: 'step'; readonly hidden: number; readonly batch: number; readonly threads: number }

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    only: { type: 'string', default: 'features,process,step' },
    /** One measurement, for the process that makes it. */
    point: { type: 'string' },
  },
})

if (options.point === undefined) await main()
else console.log(JSON.stringify(await measurePoint(JSON.parse(options.point) as Point)))

async function main(): Promise<void> {
  const threads = Number(options.threads)
  if (!(threads >= 1)) throw new Error('--threads must be at least 1')
  const wanted = new Set(options.only.split(','))
  const result = {
    threads,
    base: runPoint({ kind: 'base' }),
    features: wanted.has('features') ? await measureFeatures(exampleSmiles()) : null,
    process: wanted.has('process') ? PROCESS_ROWS.map(rows => runPoint({ kind: 'process', rows, threads })) : null,
    step: wanted.has('step') ? STEPS.map(size => runPoint({ kind: 'step', ...size, threads })) : null,
  }
  console.log(JSON.stringify(result, null, options.json ? 0 : 2))
}

function runPoint(point: Point): unknown {
  const file = join(import.meta.dirname, 'engine.ts')
  console.error(`bench: ${JSON.stringify(point)}`)
  return JSON.parse(execFileSync(process.execPath, [file, '--point', JSON.stringify(point)], { encoding: 'utf8' }))
}

async function measurePoint(point: Point): Promise<Record<string, unknown>> {
  const measured =
    point.kind === 'process' ? await measureProcess(point) : point.kind === 'step' ? await measureStep(point) : {}
  const { kind: _, threads: __, ...size } = { threads: 0, ...point }
  // Kilobytes on every platform of Node.
  return { ...size, ...measured, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

function exampleSmiles(): string[] {
  const file = join(import.meta.dirname, '..', 'resources', 'example', 'simulated-assay.csv')
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const column = header!.split(',').indexOf('smiles')
  return lines.map(line => line.split(',')[column]!)
}
