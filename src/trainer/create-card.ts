import { centredSquares, mean } from '../recipes/metrics/regression.ts'
import { type ModelCard, type SplitPart, splitPartSchema } from '../shared/contract/models.ts'
import { opsetVersion } from '../tensor/onnx/emit.ts'
import type { Figures, FinishTask } from './finish-run.ts'
import { runtimeName } from './model-files.ts'

/** Everything needed to use and to judge the model. */
export function createCard(
  { config, plan, trained, watch }: Pick<FinishTask, 'config' | 'plan' | 'trained' | 'watch'>,
  { scrambling, ...figures }: Figures & Pick<ModelCard, 'conformal'>,
  files: ModelCard['files'],
): ModelCard {
  const { spec, settings } = config
  const learned = trained.learned.filter(row => spec.rows.bound[row] === 0)
  const values = learned.map(row => spec.rows.y[row]!)
  const { id, name, sha256, simulated, target } = spec.dataset
  const split = spec.refit?.evaluated.split ?? splitOf(plan)
  const weights = partsOf(trained.learned, split)
  const evaluated = spec.refit?.evaluated.learnedFrom
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
    split,
    dataset: { id, name, sha256, rows: spec.rows.y.length, simulated },
    parts: trained.parts,
    ...figures,
    ...(scrambling ? { scrambling } : {}),
    ...(watch.halvings.length > 0 ? { halvings: [...watch.halvings] } : {}),
    learnedFrom: {
      weights,
      weightRows: trained.learned.length,
      // A card that does not say where its figures come from is of a model that had learned from both.
      testFigures: spec.refit ? (evaluated?.testFigures ?? ['train', 'validation']) : weights,
      testFigureRows: spec.refit
        ? (evaluated?.testFigureRows ?? split.train.length + split.validation.length)
        : trained.learned.length,
    },
    ...(spec.refit ? { refitOf: spec.refit.modelId } : {}),
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

function splitOf({ split: { kind, fold, train, validation, test } }: FinishTask['plan']): ModelCard['split'] {
  const parts = { train: [...train], validation: [...validation], test: [...test] }
  return { kind, ...(fold === undefined ? {} : { fold }), ...parts }
}

/** The parts of the split that some of the rows are in. */
function partsOf(rows: readonly number[], split: ModelCard['split']): SplitPart[] {
  const learned = new Set(rows)
  return splitPartSchema.options.filter(part => split[part].some(row => learned.has(row)))
}
