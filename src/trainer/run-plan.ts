import { allRows } from '../recipes/splits/all-rows.ts'
import { type Fold, makeFolds, makeSplit, type Split, type SplitRows } from '../recipes/splits/split.ts'
import type { FeatureTable } from './feature-table.ts'
import type { RunConfig } from './run-config.ts'
import type { RunReporter } from './run-reporter.ts'

/** Which rows a run works on, and as what. */
export interface RunPlan {
  /** Rows without features are in none of its parts. */
  readonly split: Split
  /** One a member of an ensemble. */
  readonly folds: readonly Fold[]
  /** Rows that a process learns from and predicts, group by group, as if it had not seen them. The first group is the first fold's. */
  readonly groups: readonly (readonly number[])[]
}

/** Each row that cannot be used is told in the log, with its reason; the others keep the parts they would have had with it. */
export function planRun({ spec, parts }: RunConfig, table: FeatureTable, reporter: RunReporter): RunPlan {
  const { rows, split: kind, seed, fold } = spec
  const refused = new Set(table.refusals.map(({ row }) => row))
  for (const { row, rule, message } of table.refusals) {
    reporter.log('warn', `row ${row} (${rows.smiles[row]}) has no features and is left out: ${rule}, ${message}`)
  }
  const splitRows: SplitRows = rows
  const split = spec.refit ? allRows(splitRows, { kind, seed }) : makeSplit(splitRows, kind, seed, fold)
  const members = parts.network?.plan.members ?? 0
  const own = makeFolds(splitRows, split, Math.max(parts.process?.folds ?? 0, parts.oneHoldOut ? 1 : members))
  const folds = Array.from({ length: members }, (_, member) => own[parts.oneHoldOut ? 0 : member]!)
  const groups = split.validationGiven ? [] : own.slice(0, parts.process?.folds ?? 0).map(fold => fold.validation)
  const usable = (part: readonly number[]) => part.filter(row => !refused.has(row))
  // A refit has no validation part but the first fold's.
  const { train, validation } = spec.refit ? own[0]! : split
  return {
    split: { ...split, train: usable(train), validation: usable(validation), test: usable(split.test) },
    folds: folds.map(({ train, validation }) => ({ train: usable(train), validation: usable(validation) })),
    groups: groups.map(usable),
  }
}

/** All rows that some member trains on, ascending. */
export function learnedRows({ folds }: RunPlan): number[] {
  return [...new Set(folds.flatMap(fold => fold.train))].sort((a, b) => a - b)
}
