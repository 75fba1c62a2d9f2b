/** The part of a provider probe that runs in a throw-away child: a provider that fails may take its process with it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProviderName } from './ort-session.ts'
import type { BatchArrays, ScalarValues } from './step-tensors.ts'
import { TrainingSession } from './training-session.ts'
import type { StateArrays, StepModel } from './training-state.ts'

/** Some steps of training; `createProbeProblem` of src/tensor makes one. */
export interface ProbeProblem {
  readonly step: StepModel
  readonly state: StateArrays
  readonly batch: BatchArrays
  /** One entry a step. */
  readonly scalars: readonly ScalarValues[]
}

export interface ProbeRequest {
  readonly provider: ProviderName
  readonly threads?: number | undefined
  readonly problem: ProbeProblem
}

export interface ProbeMeasurement {
  readonly losses: readonly number[]
  readonly theta: Float32Array
  /** Of each step, the first included: it compiles shaders. */
  readonly stepsMs: readonly number[]
  /** The same steps once more, from the same start. */
  readonly again: { readonly losses: readonly number[]; readonly theta: Float32Array }
  /** Nodes the provider left to the CPU, as `name (op)`. */
  readonly fallbackNodes: readonly string[]
}

export type ProbeAnswer = { readonly measurement: ProbeMeasurement } | { readonly failure: string }

/** Runs the problem on one provider. */
export async function runProbe({ provider, threads, problem }: ProbeRequest): Promise<ProbeMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'bindery-probe-'))
  try {
    const { step, state, batch } = problem
    const profilePrefix = join(folder, 'profile')
    const session = await TrainingSession.create({ step, provider, threads, state, profilePrefix })
    const stepsMs: number[] = []
    const runAll = async () => {
      const losses: number[] = []
      for (const scalars of problem.scalars) {
        const start = performance.now()
        losses.push((await session.run({ batch, scalars })).loss)
        stepsMs.push(performance.now() - start)
      }
      return { losses, theta: (await session.readState()).theta! }
    }
    const once = await runAll()
    session.writeState(state)
    const again = await runAll()
    await session.dispose()
    return { ...once, again, stepsMs, fallbackNodes: provider === 'cpu' ? [] : await readFallbackNodes(folder) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface ProfileEvent {
  readonly cat?: string
  readonly name: string
  readonly args?: { readonly provider?: string; readonly op_name?: string }
}

/** Nodes that ran on the CPU provider, from the profile the runtime wrote. */
async function readFallbackNodes(folder: string): Promise<readonly string[]> {
  const suffix = '_kernel_time'
  const names = new Set<string>()
  for (const file of await readdir(folder)) {
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as readonly ProfileEvent[]
    for (const { cat, name, args } of events) {
      if (cat !== 'Node' || !name.endsWith(suffix) || args?.provider !== 'CPUExecutionProvider') continue
      names.add(`${name.slice(0, -suffix.length)} (${args.op_name})`)
    }
  }
  return [...names].sort()
}
