import { featurePresetOf } from '../../recipes/feature-presets.ts'
import { recipeOf } from '../../recipes/registry.ts'
import type { SettingValues } from '../../recipes/settings.ts'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { PreflightRequest } from '../../shared/contract/preflight.ts'
import type { RunSpec } from '../../shared/trainer-protocol.ts'
import type { TrainingRows } from '../jobs/training-rows.ts'

/** Enough to have small and large compounds in every batch. */
const SAMPLE_ROWS = 1_000

/** The run on a sample of its rows, evenly taken: exactly measured ones first, of which a process chooses its hyper-parameters. */
export function sampleSpec(of: {
  request: PreflightRequest
  dataset: Dataset
  settings: SettingValues
  rows: TrainingRows
  provider: string
  threads: number
}): Omit<RunSpec, 'featureFile' | 'application'> {
  const { request, dataset, settings, rows, provider, threads } = of
  const tuningRows = recipeOf(request.recipe).createParts(settings).process?.tuningRows ?? 0
  const sample = evenly(rows, Math.max(SAMPLE_ROWS, tuningRows))
  const pick = <T>(values: readonly T[]): T[] => sample.map(row => values[row]!)
  return {
    format: 'bindery-run-1',
    jobId: 'probe',
    recipe: request.recipe,
    preset: 'production',
    settings: { ...settings },
    seed: request.seed,
    provider,
    threads,
    split: 'random',
    rows: {
      y: pick(rows.y),
      bound: pick(rows.bound),
      splitValue: pick(rows.splitValue),
      scaffold: pick(rows.scaffold),
      smiles: pick(rows.smiles),
    },
    featurePreset: featurePresetOf(request.recipe),
    dataset: {
      id: dataset.id,
      name: dataset.name,
      sha256: dataset.sha256 ?? '',
      simulated: dataset.kind === 'simulated',
      endpoint: dataset.endpoint,
      target: dataset.target,
    },
  }
}

function evenly({ bound }: TrainingRows, count: number): number[] {
  const exact = [...bound.keys()].filter(row => bound[row] === 0)
  const rows = exact.length >= Math.min(count, bound.length / 2) ? exact : [...bound.keys()]
  if (rows.length <= count) return rows
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!)
}
