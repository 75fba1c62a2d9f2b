/** Runs side by side: which figures and which choices they differ in. Pure. */
import type { Job } from '../../../shared/contract/jobs.ts'
import type { SettingSpec } from './new-run.ts'

/** Marked runs, as the address has them. */
export function parseMarked(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(',').filter(id => id !== ''))]
}

export const FIGURES = ['rmse', 'mae', 'r2', 'pearson', 'spearman', 'kendall', 'concordance'] as const
export type FigureName = (typeof FIGURES)[number]
const LOWER_IS_BETTER = new Set<FigureName>(['rmse', 'mae'])

export interface FigureRow {
  part: 'test' | 'validation'
  figure: FigureName
  /** By run; `null` where a run has none. */
  values: (number | null)[]
  /** Index of the best run; −1 where there is nothing to choose from. */
  best: number
}

export function figureRows(jobs: readonly Job[]): FigureRow[] {
  return (['test', 'validation'] as const).flatMap(part =>
    FIGURES.flatMap(figure => {
      const values = jobs.map(({ result }) => result?.metrics[part][figure] ?? null)
      if (values.every(value => value === null)) return []
      return [{ part, figure, values, best: bestOf(values, LOWER_IS_BETTER.has(figure)) }]
    }),
  )
}

function bestOf(values: readonly (number | null)[], lowerIsBetter: boolean): number {
  const known = values.filter(value => value !== null)
  if (known.length < 2) return -1
  const best = lowerIsBetter ? Math.min(...known) : Math.max(...known)
  // A tie has no winner.
  return known.filter(value => value === best).length === 1 ? values.indexOf(best) : -1
}

/** Were they judged on the same compounds? Otherwise their figures do not tell which is better. */
export function sameTest(jobs: readonly Job[]): boolean {
  const keys = jobs.map(({ datasetId, train }) =>
    [datasetId, train?.split, train?.split === 'column' ? '' : train?.seed].join(' '),
  )
  return new Set(keys).size <= 1
}

export type ConfigValue = string | number | boolean | null

export interface ConfigRow {
  /** `datasetId`, `recipe`, …, or the name of a setting. */
  key: string
  isSetting: boolean
  values: ConfigValue[]
  differs: boolean
}

const ASKED = ['datasetId', 'recipe', 'preset', 'split', 'seed', 'provider'] as const
/** What moves a result most; other settings follow by name. */
const IMPORTANT = [
  'learningRate',
  'epochs',
  'batchSize',
  'members',
  'hidden',
  'depth',
  'dropout',
  'tuningRows',
  'folds',
]

/** Every choice of the runs, important ones first; `specsOf` answers the settings of a recipe's preset, once they are known. */
export function configRows(
  jobs: readonly Job[],
  specsOf: (job: Job) => readonly SettingSpec[] | undefined,
): ConfigRow[] {
  const asked = ASKED.map(key =>
    row(
      key,
      false,
      jobs.map(({ train }) => train?.[key] ?? null),
    ),
  )
  const settings = jobs.map(job => ({
    ...Object.fromEntries((specsOf(job) ?? []).map(spec => [spec.name, spec.default])),
    ...job.train?.settings,
  }))
  const names = [...new Set(settings.flatMap(each => Object.keys(each)))].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b),
  )
  return [
    ...asked,
    ...names.map(name =>
      row(
        name,
        true,
        settings.map(each => each[name] ?? null),
      ),
    ),
  ]
}

function rank(name: string): number {
  const index = IMPORTANT.indexOf(name)
  return index === -1 ? IMPORTANT.length : index
}

function row(key: string, isSetting: boolean, values: ConfigValue[]): ConfigRow {
  return { key, isSetting, values, differs: new Set(values).size > 1 }
}
