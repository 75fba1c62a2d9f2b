import { centredSquares, mean } from '../recipes/metrics/regression.ts'
import type { ModelCard } from '../shared/contract/models.ts'
import { opsetVersion } from '../tensor/onnx/emit.ts'
import type { FinishTask } from './finish-run.ts'
import type { Figures } from './judge.ts'
import { runtimeName } from './model-files.ts'

/** Everything needed to use and to judge the model. */
export function createCard(
  { config, plan, trained }: Pick<FinishTask, 'config' | 'plan' | 'trained'>,
  figures: Figures,
  files: ModelCard['files'],
): ModelCard {
  const { spec, settings } = config
  const learned = trained.learned.filter(row => spec.rows.bound[row] === 0)
  const values = learned.map(row => spec.rows.y[row]!)
  const { id, name, sha256, simulated, target } = spec.dataset
  const endpoint = spec.dataset.endpoint as ModelCard['endpoint']
  return {
    format: 'bindery-model-1',
    recipe: spec.recipe,
    preset: spec.preset,
    settings: { ...settings },
    featurePreset: spec.featurePreset,
    opset: opsetVersion,
    endpoint,
    target,
    unit: 'pX',
    seed: spec.seed,
    split: {
      kind: spec.split,
      ...(spec.fold === undefined ? {} : { fold: spec.fold }),
      train: [...plan.split.train],
      validation: [...plan.split.validation],
      test: [...plan.split.test],
    },
    dataset: { id, name, sha256, rows: spec.rows.y.length, simulated },
    parts: trained.parts,
    ...figures,
    labels: {
      mean: mean(values),
      sd: Math.sqrt(centredSquares(values) / values.length),
      min: Math.min(...values),
      max: Math.max(...values),
    },
    files,
    application: { name: 'bindery', version: spec.application.version, runtime: runtimeName() },
    createdAt: Date.now(),
  }
}
