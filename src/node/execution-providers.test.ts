import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomRecords } from '../recipes/dmpnn/fixtures/random-records.ts'
import { createDmpnn } from '../recipes/dmpnn/recipe.ts'
import type { DmpnnSettings } from '../recipes/dmpnn/settings.ts'
import { checkRecipeSettings } from '../recipes/registry.ts'
import { optimiserScalars } from '../tensor/optim/optimiser.ts'
import { initialiseTheta } from '../tensor/parameters.ts'
import { createProbeProblem } from '../tensor/probe-problem.ts'
import { buildTrainingStep } from '../tensor/training-step.ts'
import {
  compareProbes,
  listProviders,
  type ProviderReport,
  probeProviders,
  probeTolerance,
  proposeProvider,
} from './execution-providers.ts'
import { forkFile } from './node-fork.ts'

const problem = createProbeProblem({ molecules: 4, hidden: 8, steps: 3 })
const report = (change: Partial<ProviderReport>): ProviderReport => {
  return {
    provider: 'cpu',
    outcome: 'agrees',
    stepMs: 1,
    difference: 0,
    repeatability: 0,
    fallbackNodes: [],
    reason: null,
    ...change,
  }
}

/** Children that misbehave, as real processes. The CPU's probe is always answered properly. */
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bindery-providers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function misbehaving(body: string) {
  const probe = new URL('./provider-probe.ts', import.meta.url)
  const file = join(folder, `child-${Math.random().toString(36).slice(2)}.ts`)
  writeFileSync(
    file,
    `import { runProbe } from '${probe}'
     process.on('message', async (request: any) => {
       const measurement = await runProbe({ ...request, provider: 'cpu' })
       if (request.provider === 'cpu') return process.send!({ measurement })
       ${body}
     })`,
  )
  return () => forkFile(file)
}

const probeOther = async (body: string, timeoutMs = 20_000) => {
  const options = {
    problem,
    providers: ['cpu', 'webgpu'] as const,
    threads: 1,
    timeoutMs,
    startChild: misbehaving(body),
  }
  return (await probeProviders(options))[1]!
}

describe('probeProviders', () => {
  it('reports the CPU', async () => {
    const [cpu, ...others] = await probeProviders({ problem, providers: ['cpu'], threads: 1 })
    expect(others).toEqual([])
    expect(cpu).toMatchObject({
      provider: 'cpu',
      outcome: 'agrees',
      difference: 0,
      repeatability: 0,
      fallbackNodes: [],
    })
    expect(cpu!.stepMs).toBeGreaterThan(0)
  })

  it('reports a provider the runtime does not have by the runtime’s own words', async () => {
    const [, missing] = await probeProviders({
      problem,
      providers: [process.platform === 'darwin' ? 'dml' : 'coreml'],
      threads: 1,
    })
    expect(missing).toMatchObject({ outcome: 'unavailable', stepMs: null })
    expect(missing!.reason).toMatch(/could not load the model/)
  })

  it('accepts the same answer', async () => {
    expect(await probeOther('process.send!({ measurement })')).toMatchObject({ outcome: 'agrees', difference: 0 })
  })

  it('measures how closely a provider repeats itself', async () => {
    const exact = await probeOther('process.send!({ measurement })')
    expect(exact.repeatability).toBe(0)
    const loose = await probeOther('measurement.again.losses[1] *= 1.002; process.send!({ measurement })')
    expect(loose).toMatchObject({ outcome: 'agrees', difference: 0 })
    expect(loose.repeatability).toBeCloseTo(0.002, 4)
  })

  it('refuses another answer, and one that is not a number', async () => {
    const wrong = await probeOther('measurement.losses[2] *= 1.05; process.send!({ measurement })')
    expect(wrong).toMatchObject({ outcome: 'disagrees' })
    expect(wrong.difference).toBeCloseTo(0.05, 3)
    const broken = await probeOther('measurement.theta[3] = NaN; process.send!({ measurement })')
    expect(broken).toMatchObject({ outcome: 'disagrees', difference: Number.POSITIVE_INFINITY })
  })

  it('survives a child that aborts, leaves or hangs', async () => {
    const aborted = await probeOther("console.error('device lost'); process.abort()")
    expect(aborted).toMatchObject({ outcome: 'crashed', stepMs: null })
    expect(aborted.reason).toContain('device lost')
    expect(await probeOther('process.exit(0)')).toMatchObject({ outcome: 'crashed' })
    expect(await probeOther('setInterval(() => {}, 1000)', 6000)).toMatchObject({ outcome: 'timed out' })
  })
})

describe('compareProbes', () => {
  const measurement = (losses: number[], theta: number[]) => ({
    losses,
    theta: Float32Array.from(theta),
    stepsMs: [],
    fallbackNodes: [],
  })
  const start = Float32Array.of(0, 0)
  it('measures weights by the way they went', () => {
    expect(compareProbes(start, measurement([1], [3, 4]), measurement([1], [3, 4.5]))).toBeCloseTo(0.1, 6)
    expect(compareProbes(start, measurement([2], [3, 4]), measurement([3], [3, 4]))).toBeCloseTo(0.5, 5)
  })
})

describe('proposeProvider', () => {
  it('takes the fastest that agrees', () => {
    const cpu = report({ stepMs: 5 })
    expect(proposeProvider([cpu, report({ provider: 'webgpu', stepMs: 2 })])).toBe('webgpu')
    expect(proposeProvider([cpu, report({ provider: 'webgpu', stepMs: 9 })])).toBe('cpu')
    expect(proposeProvider([cpu, report({ provider: 'webgpu', stepMs: 1, outcome: 'disagrees' })])).toBe('cpu')
    expect(proposeProvider([cpu, report({ provider: 'webgpu', stepMs: null, outcome: 'crashed' })])).toBe('cpu')
  })
})

/** Where there is no GPU, Chromium's software Vulkan serves; the child gets these variables from this process. */
function offerSwiftShader() {
  const places = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome', '/opt/microsoft/msedge']
  const chromium = places.find(path => existsSync(join(path, 'vk_swiftshader_icd.json')))
  if (chromium === undefined || process.env.VK_ICD_FILENAMES !== undefined) return
  const runtime = join(folder, 'runtime')
  mkdirSync(runtime, { mode: 0o700 })
  process.env.VK_ICD_FILENAMES = join(chromium, 'vk_swiftshader_icd.json')
  process.env.LD_LIBRARY_PATH = [chromium, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  process.env.XDG_RUNTIME_DIR ??= runtime
}

describe('WebGPU', () => {
  /** Skips where there is none, unless the machine is said to have one. */
  async function probeWebGpu(asked: typeof problem, skip: (why: string) => void): Promise<ProviderReport> {
    expect(listProviders()).toContain('cpu')
    if (!listProviders().includes('webgpu')) skip('this build of the runtime has no WebGPU')
    offerSwiftShader()
    const options = { problem: asked, providers: ['webgpu'], threads: 1, timeoutMs: 100_000 } as const
    const [, webgpu] = await probeProviders(options)
    const isMissing = webgpu!.outcome !== 'agrees' && /adapter/i.test(webgpu!.reason ?? '')
    if (isMissing && process.env.BINDERY_REQUIRE_WEBGPU === undefined) skip(`no WebGPU adapter here: ${webgpu!.reason}`)
    return webgpu!
  }

  it('trains as the CPU does, state kept on the device, nothing left to the CPU', async ({ skip }) => {
    const webgpu = await probeWebGpu(problem, skip)
    expect(webgpu).toMatchObject({ outcome: 'agrees', reason: null, fallbackNodes: [] })
    expect(webgpu.difference).toBeGreaterThan(0) // another engine, not the CPU again
    expect(webgpu.repeatability).toBeLessThan(probeTolerance)
  }, 120_000)

  it('leaves nothing of the network of the recipes to the CPU', async ({ skip }) => {
    const webgpu = await probeWebGpu(networkProblem(), skip)
    expect(webgpu).toMatchObject({ outcome: 'agrees', reason: null, fallbackNodes: [] })
  }, 120_000)
})

/** Three steps of a small network of `dmpnn` with everything it can have: dropout, bounds, clipping, moving average, fingerprints. */
function networkProblem(): typeof problem {
  const change = { hidden: 16, headHidden: 16, fingerprintColumns: 64, batchSize: 6, emaDecay: 0.9 }
  const model = createDmpnn(checkRecipeSettings('dmpnn', 'production', change) as DmpnnSettings)
  const labels = { values: [0.5, -1, 0.2, 1, -0.3, 0], bounds: [0, 1, -1, 0, 0, 0] }
  const batch = model.assembleTraining(randomRecords(6), labels, { seed: 1, member: 0, step: 1 })
  const theta = initialiseTheta(model.training.parameters, 1)
  const scalars = [1, 2, 3].map(step => ({
    ...optimiserScalars(model.training.optimiser, { step, learningRate: 1e-4 }),
    lossScale: 1 / 6,
    emaDecay: 0.9,
  }))
  return { step: buildTrainingStep(model.training), state: { theta, ema: theta }, batch, scalars }
}
