/**
 * Which providers of the runtime work on this machine. That is a test, not a hope: each runs the same training problem in a child of
 * its own, is compared with the CPU's answer and timed.
 */
import { listSupportedBackends } from 'onnxruntime-node'
import { forkNodeChild, type NodeChild } from './node-fork.ts'
import type { ProviderName } from './ort-session.ts'
import type { ProbeAnswer, ProbeMeasurement, ProbeProblem, ProbeRequest } from './provider-probe.ts'

export interface ProviderReport {
  readonly provider: ProviderName
  /**
   * `agrees`: same answer as the CPU within the tolerance. `disagrees`: it ran, wrongly. `unavailable`: it said that it cannot run.
   * `crashed`: its process ended. `timed out`: no answer in time.
   */
  readonly outcome: 'agrees' | 'disagrees' | 'unavailable' | 'crashed' | 'timed out'
  /** Of a step after the first, in milliseconds. */
  readonly stepMs: number | null
  /** See `compareProbes`. */
  readonly difference: number | null
  /** `compareProbes` of two runs from one start: how closely a run that goes on from a checkpoint repeats. 0 on the CPU. */
  readonly repeatability: number | null
  /** Nodes left to the CPU, as `name (op)`. */
  readonly fallbackNodes: readonly string[]
  /** One sentence where it does not agree. */
  readonly reason: string | null
}

export interface ProbeOptions {
  readonly problem: ProbeProblem
  readonly providers?: readonly ProviderName[]
  readonly threads?: number
  /** For each provider. */
  readonly timeoutMs?: number
  /** Starts the child; the Electron host gives its own. */
  readonly startChild?: () => NodeChild
}

/** Largest `compareProbes` of a provider that counts as right; float32 in another order of summation stays below 0.001. */
export const probeTolerance = 0.01

const known: readonly ProviderName[] = ['cpu', 'webgpu', 'dml', 'coreml', 'cuda']

/** The providers the installed runtime was built with; whether they work is for the probe to say. */
export function listProviders(): readonly ProviderName[] {
  const built = new Set(listSupportedBackends().map(({ name }) => name))
  return known.filter(name => built.has(name))
}

/** Probes the CPU first, then every other provider against it, one at a time. */
export async function probeProviders(options: ProbeOptions): Promise<readonly ProviderReport[]> {
  const { problem, providers = listProviders() } = options
  const reference = await askChild('cpu', options)
  if (!('measurement' in reference)) throw new Error(`the CPU provider failed its probe: ${reference.reason}`)
  const start = problem.state.theta!
  const reports = [judge('cpu', { measurement: reference.measurement, start, difference: 0 })]
  for (const provider of providers) {
    if (provider === 'cpu') continue
    const result = await askChild(provider, options)
    if ('measurement' in result) {
      const difference = compareProbes(start, reference.measurement, result.measurement)
      reports.push(judge(provider, { measurement: result.measurement, start, difference }))
    } else reports.push({ provider, stepMs: null, difference: null, repeatability: null, fallbackNodes: [], ...result })
  }
  return reports
}

function judge(
  provider: ProviderName,
  found: { measurement: ProbeMeasurement; start: Float32Array; difference: number },
): ProviderReport {
  const { measurement, start, difference } = found
  const repeatability = compareProbes(start, measurement, measurement.again)
  const { fallbackNodes } = measurement
  const [first, ...later] = measurement.stepsMs
  const stepMs = later.length === 0 ? first! : Math.min(...later)
  const agrees = difference <= probeTolerance
  const reason = agrees
    ? null
    : `its answer is ${difference.toPrecision(2)} from the CPU's; ${probeTolerance} is allowed`
  const outcome = agrees ? 'agrees' : 'disagrees'
  return { provider, outcome, stepMs, difference, repeatability, fallbackNodes, reason }
}

type ProbeFailure = { readonly outcome: 'unavailable' | 'crashed' | 'timed out'; readonly reason: string }

/** Runs one probe in a child of its own and ends it. */
function askChild(
  provider: ProviderName,
  { problem, threads, timeoutMs = 120_000, startChild = forkProbeChild }: ProbeOptions,
): Promise<{ readonly measurement: ProbeMeasurement } | ProbeFailure> {
  return new Promise(resolve => {
    const child = startChild()
    let complaint = ''
    const settle = (result: { readonly measurement: ProbeMeasurement } | ProbeFailure) => {
      clearTimeout(timer)
      resolve(result)
      child.kill('SIGKILL') // nothing in it is worth saving, and a stuck driver may not let it leave by itself
    }
    const timer = setTimeout(
      () => settle({ outcome: 'timed out', reason: `no answer within ${timeoutMs / 1000} s` }),
      timeoutMs,
    )
    child.onOutput((_, text) => {
      complaint = (complaint + text).slice(0, 500) // what comes first names the cause, stacks follow
    })
    child.onMessage(message => {
      const answer = message as ProbeAnswer
      settle('measurement' in answer ? answer : { outcome: 'unavailable', reason: answer.failure })
    })
    child.onExit(({ code, signal }) => {
      settle({ outcome: 'crashed', reason: `its process ended (${signal ?? `code ${code}`}): ${complaint.trim()}` })
    })
    child.send({ provider, threads, problem } satisfies ProbeRequest)
  })
}

function forkProbeChild(): NodeChild {
  return forkNodeChild('provider-probe-child')
}

/** The fastest provider that agrees. */
export function proposeProvider(reports: readonly ProviderReport[]): ProviderName {
  const agreeing = reports.filter(({ outcome }) => outcome === 'agrees')
  return agreeing.toSorted((a, b) => a.stepMs! - b.stepMs!)[0]?.provider ?? 'cpu'
}

type ProbeCourse = Pick<ProbeMeasurement, 'losses' | 'theta'>

/**
 * How far two runs of one problem lie apart: the larger of the largest relative difference of a loss, and the distance between
 * the final weights as a share of the way they went. NaN counts as infinitely far.
 */
export function compareProbes(start: Float32Array, a: ProbeCourse, b: ProbeCourse): number {
  const losses = a.losses.map((loss, i) => Math.abs(loss - b.losses[i]!) / (Math.abs(loss) + 1e-6))
  const weights = distance(a.theta, b.theta) / distance(a.theta, start)
  const largest = Math.max(...losses, weights)
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
}
