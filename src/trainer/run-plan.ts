import { type Fold, makeFolds, makeSplit, type Split, type SplitRows } from '../recipes/splits/split.ts'
import { type FeatureTable, readFeatureTable } from './feature-table.ts'
import type { RunConfig } from './run-config.ts'
import type { RunReporter } from './run-reporter.ts'

/** What a run works on; a function of its spec and its feature file. */
export interface RunPlan {
  /** Rows without features are in none of its parts. */
  readonly split: Split
  /** One a member. */
  readonly folds: readonly Fold[]
  readonly records: FeatureTable['records']
}

/** Each row that cannot be used is told in the log, with its reason; the others keep the parts they would have had with it. */
export function planRun({ spec, recipe, model }: RunConfig, reporter: RunReporter): RunPlan {
  const { rows, featureFile, split: kind, seed } = spec
  const { records, refusals } = readFeatureTable(featureFile, recipe.sections, rows.y.length)
  for (const { row, rule, message } of refusals) {
    reporter.log('warn', `row ${row} (${rows.smiles[row]}) has no features and is left out: ${rule}, ${message}`)
  }
  const splitRows: SplitRows = rows
  const split = makeSplit(splitRows, kind, seed)
  const folds = makeFolds(splitRows, split, model.plan.members)
  const usable = (part: readonly number[]) => part.filter(row => records[row] !== null)
  return {
    split: { ...split, train: usable(split.train), validation: usable(split.validation), test: usable(split.test) },
    folds: folds.map(({ train, validation }) => ({ train: usable(train), validation: usable(validation) })),
    records,
  }
}

/** All rows that some member trains on, ascending. */
export function learnedRows({ folds }: RunPlan): number[] {
  return [...new Set(folds.flatMap(fold => fold.train))].sort((a, b) => a - b)
}
