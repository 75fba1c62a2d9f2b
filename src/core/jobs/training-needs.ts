/** What a training run takes of the machine, for the look before it starts. Rough, and rather too much than too little. */
import type { TrainOptions } from '../../shared/contract/jobs.ts'
import type { Needs } from './pre-checks.ts'

const MIB = 1024 ** 2
/** An estimate: a trainer with ONNX Runtime loaded and a small network. */
const TRAINER_BYTES = 400 * MIB
/** Features of a drug-like molecule, on disk and read into memory. */
const FEATURE_BYTES = 4_000
/** What a run leaves besides: checkpoints, model, metrics. */
const RUN_BYTES = 300 * MIB
/** A Gaussian process learns from this many rows at most and holds a few matrices of that side, in float32. */
const PROCESS_ROWS = 5_000
const PROCESS_MATRICES = 6
/** Weights, moments, activations of a batch, and what the provider itself takes. */
const GPU_BYTES = 1_024 * MIB

const GPU_PROVIDERS: readonly TrainOptions['provider'][] = ['cuda', 'webgpu', 'dml']

export function trainingNeeds({ recipe, provider }: TrainOptions, structures: number): Needs {
  const processRows = recipe === 'dmpnn' ? 0 : Math.min(structures, PROCESS_ROWS)
  const features = structures * FEATURE_BYTES
  return {
    memoryBytes: TRAINER_BYTES + features + PROCESS_MATRICES * 4 * processRows ** 2,
    // A Gaussian process runs on the processor whatever the provider.
    gpuMemoryBytes: recipe !== 'tanimoto-gp' && GPU_PROVIDERS.includes(provider) ? GPU_BYTES : null,
    diskBytes: RUN_BYTES + features,
  }
}
