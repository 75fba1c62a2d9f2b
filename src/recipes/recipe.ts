/** What can be trained. A recipe is data and pure functions; the trainer runs it, the predictor serves what came of it. */
import type { FeatureRecord, SectionName } from '../chem/features/sections.ts'
import type { Recipe as RecipeName } from '../shared/contract/jobs.ts'
import type { ModelDefinition } from '../tensor/model-definition.ts'
import type { TrainingDefinition } from '../tensor/training-step.ts'
import type { SettingTable, SettingValues } from './settings.ts'
import type { ProcessPlan } from './tanimoto-gp/process-plan.ts'
import type { BatchTensors } from './tensor-data.ts'
import type { TrainingPlan } from './training/plan.ts'

export interface Recipe {
  readonly name: RecipeName
  readonly settings: SettingTable
  /** What it reads of a feature record. */
  readonly sections: readonly SectionName[]
  /** @param settings Checked values of the recipe's own table. */
  createParts(settings: SettingValues): RecipeParts
}

/** What a recipe trains: a network, a process, or both, which are then joined by their errors on rows that neither has seen. */
export type RecipeParts = (
  | { readonly network: GradientModel; readonly process: null }
  | { readonly network: null; readonly process: ProcessPlan }
  | { readonly network: GradientModel; readonly process: ProcessPlan }
) & {
  /** All members of an ensemble leave out the same rows, else each leaves out others. */
  readonly oneHoldOut: boolean
}

/** A network whose weights are found by descending a gradient, step by step. */
export interface GradientModel {
  readonly plan: TrainingPlan
  /** Outputs `prediction` [molecules] in standardised labels, molecule i in row i + `firstRow`. */
  readonly evaluation: ModelDefinition
  readonly training: TrainingDefinition
  readonly firstRow: number
  /** The inputs of `evaluation`. */
  assemble(records: readonly FeatureRecord[]): BatchTensors
  /** Rows of `prediction` for these inputs: at least `firstRow` + molecules. */
  outputRows(inputs: BatchTensors): number
  /** The same and the training inputs. Depends on its arguments alone, so that a resumed run repeats. */
  assembleTraining(records: readonly FeatureRecord[], labels: BatchLabels, draw: Draw): BatchTensors
  /** The items `start` to `end` − 1 of an assembled training batch as one of their own. */
  cutTraining(batch: BatchTensors, items: { readonly start: number; readonly end: number }): BatchTensors
}

export interface BatchLabels {
  /** Standardised. */
  readonly values: ArrayLike<number>
  /** −1: the true value is below, +1: above, 0: exact. */
  readonly bounds: ArrayLike<number>
}

/** Names the random numbers of a step. */
export interface Draw {
  readonly seed: number
  readonly member: number
  readonly step: number
}
