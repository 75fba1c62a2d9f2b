/** From what some steps cost to what a run will cost. */
import type { BatchReason } from '../../shared/contract/preflight.ts'
import type { BatchProbe, ProbeProfile } from '../../shared/probe-profile.ts'
import { equalSlices, type TrainingPlan } from '../training/plan.ts'

/** How many rows a run works on, and as what. */
export interface RunSizes {
  /** Of the data set. */
  readonly rows: number
  /** Of one member's training and validation rows. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Exactly measured rows that a process learns from; 0: none. */
  readonly process: number
}

export interface Prediction {
  readonly network: {
    readonly batchSize: number
    readonly stepMs: number
    readonly stepsPerEpoch: number
    readonly epochMs: number
    /** Of all members, none of which ends early. */
    readonly totalMs: number
    readonly peakBytes: number
  } | null
  readonly process: { readonly totalMs: number; readonly peakBytes: number } | null
  readonly totalMs: number
  readonly peakBytes: number
}

/** As the batch thread and the loop keep them (`trainer/batches/batch-protocol.ts`). */
const KEPT_VALIDATION_BYTES = 128 * 1024 ** 2
/** Of a row of the data set: its SMILES, value and scaffold, its fingerprint among the analogues. Measured at 1,000 to 20,000 rows. */
const ROW_BYTES = 5_500
/** Checkpoints, export and evaluation. */
const RUN_BYTES = 25 * 1024 ** 2
/** Matrices of float64 that a process holds at its peak, beside what its tuning has taken. Measured at 1,000 and 3,000 rows. */
const PROCESS_MATRICES = 3.5

/** `plan` of the network, `null` where the recipe has none; its batch size must have been measured, or lie between two that were. */
export function predictRun(
  profile: ProbeProfile,
  { plan, sizes }: { plan: TrainingPlan | null; sizes: RunSizes },
): Prediction {
  const process = predictProcess(profile, sizes)
  const network = plan && predictNetwork(profile, plan, sizes)
  return {
    network,
    process,
    totalMs: (network?.totalMs ?? 0) + (process?.totalMs ?? 0),
    peakBytes: Math.max(network?.peakBytes ?? 0, process?.peakBytes ?? 0),
  }
}

function predictNetwork({ network, process }: ProbeProfile, plan: TrainingPlan, sizes: RunSizes) {
  if (!network) throw new Error('the network was not measured')
  const probe = batchProbe(network.batches, plan.batchSize)
  if (!probe) return null
  const stepsPerEpoch = equalSlices(sizes.train, plan.batchSize).length
  const epochMs = stepsPerEpoch * probe.stepMs + sizes.validation * network.evaluateMs
  const validationBytes = sizes.validation * network.rowBytes
  const isKept = validationBytes <= KEPT_VALIDATION_BYTES
  const assembling = sizes.validation * network.assembleMs
  const members = plan.members * (plan.epochs * (epochMs + (isKept ? 0 : assembling)) + assembling)
  const left = process ? 4 * sizes.process ** 2 : 0
  const peakBytes = probe.peakBytes + RUN_BYTES + sizes.rows * ROW_BYTES + (isKept ? validationBytes : 0) + left
  return { batchSize: plan.batchSize, stepMs: probe.stepMs, stepsPerEpoch, epochMs, totalMs: members, peakBytes }
}

/** As measured, or in a straight line between two that were. */
function batchProbe(batches: readonly BatchProbe[], batchSize: number): BatchProbe | null {
  const above = batches.find(probe => probe.batchSize >= batchSize)
  const below = batches.findLast(probe => probe.batchSize <= batchSize)
  if (!above || !below) return null
  if (above === below) return above
  const share = (batchSize - below.batchSize) / (above.batchSize - below.batchSize)
  const between = (a: number, b: number) => a + share * (b - a)
  return {
    batchSize,
    stepMs: between(below.stepMs, above.stepMs),
    peakBytes: between(below.peakBytes, above.peakBytes),
  }
}

function predictProcess({ process }: ProbeProfile, sizes: RunSizes): Prediction['process'] {
  if (!process || sizes.process === 0) return null
  const n = sizes.process
  // Of tuning: a half of the square. Of the fit: the other half of its own; test rows: with every row.
  const pairs = (process.tuningRows ** 2 + n ** 2) / 2 + sizes.test * n
  const algebra = process.squareMs * n ** 2 + process.cubeMs * n ** 3
  return {
    totalMs: process.tuningMs + pairs * process.pairMs + algebra,
    peakBytes: process.peakBytes + 8 * PROCESS_MATRICES * n ** 2 + sizes.rows * ROW_BYTES,
  }
}

/** Larger batches take fewer steps for an epoch; one that is no faster is not worth them. */
const AS_FAST = 0.95

/**
 * The smallest of the batch sizes that fit whose molecules a second come within 5 % of the best of them: a larger one takes as long for
 * an epoch and has fewer steps in it.
 */
export function chooseBatch(
  { batches, refused }: { batches: readonly BatchProbe[]; refused: readonly number[] },
  limits: { longestStepMs: number; memoryBytes: number; largestBatch: number },
): { batchSize: number; reason: BatchReason } {
  const fitting = batches.filter(
    ({ stepMs, peakBytes }) => stepMs <= limits.longestStepMs && peakBytes <= limits.memoryBytes,
  )
  const largest = fitting.at(-1)
  if (!largest) return { batchSize: batches[0]!.batchSize, reason: 'slow' }
  const rate = ({ batchSize, stepMs }: BatchProbe) => batchSize / stepMs
  const best = Math.max(...fitting.map(rate))
  const chosen = fitting.find(probe => rate(probe) >= AS_FAST * best)!
  if (chosen !== largest) return { batchSize: chosen.batchSize, reason: 'fastest' }
  if (chosen.batchSize >= limits.largestBatch) return { batchSize: chosen.batchSize, reason: 'data' }
  const next = batches.find(({ batchSize }) => batchSize > chosen.batchSize)
  const isMemory = next ? next.peakBytes > limits.memoryBytes : refused.length > 0
  return { batchSize: chosen.batchSize, reason: isMemory ? 'memory' : 'step' }
}
