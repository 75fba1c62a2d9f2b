import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunIdentity } from '../node/checkpoint-head.ts'
import type { ProviderName } from '../node/ort-session.ts'
import type { Recipe, RecipeParts } from '../recipes/recipe.ts'
import { checkRecipeSettings, recipeOf } from '../recipes/registry.ts'
import type { SettingValues } from '../recipes/settings.ts'
import { AppError } from '../shared/errors.ts'
import type { RunSpec } from '../shared/trainer-protocol.ts'

/** A run as it was asked for, with what it trains. */
export interface RunConfig {
  readonly spec: RunSpec
  readonly recipe: Recipe
  /** Every setting of the recipe, the preset's where nothing else was asked for. */
  readonly settings: SettingValues
  readonly parts: RecipeParts
  readonly provider: ProviderName
  readonly threads: number | undefined
  /** Everything that decides the result on one machine; not where files lie. */
  readonly identity: RunIdentity
}

export async function readRunConfig(runFolder: string): Promise<RunConfig> {
  const spec = JSON.parse(await readFile(path.join(runFolder, 'run.json'), 'utf8')) as RunSpec
  if (spec.format !== 'bindery-run-1') throw new Error(`run.json: format "${spec.format}" is not bindery-run-1`)
  checkRows(spec)
  const recipe = recipeOf(spec.recipe)
  const settings = checkRecipeSettings(spec.recipe, spec.preset, spec.settings)
  return {
    spec,
    recipe,
    settings,
    parts: recipe.createParts(settings),
    provider: providerOf(spec.provider),
    threads: spec.threads === 0 ? undefined : spec.threads,
    identity: identityOf(spec, settings),
  }
}

function identityOf(spec: RunSpec, settings: SettingValues): RunIdentity {
  const { format, recipe, seed, split, fold, rows, featurePreset, dataset, refit } = spec
  const named = Object.entries(settings).map(([name, value]) => [`settings.${name}`, String(value)] as const)
  return {
    format,
    recipe,
    seed: String(seed),
    split,
    ...(fold === undefined ? {} : { fold: `${fold.index}/${fold.of}` }),
    featurePreset,
    dataset: dataset.sha256,
    rows: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
    ...(refit ? { refitOf: refit.modelId } : {}),
    ...Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Small models run fastest on the CPU, and only there is a resumed run the same to the last bit. */
function providerOf(name: string): ProviderName {
  if (name === 'auto') return 'cpu'
  const known: readonly string[] = ['cpu', 'webgpu', 'dml', 'coreml', 'cuda'] satisfies ProviderName[]
  if (known.includes(name)) return name as ProviderName
  throw new AppError('ERR_6006', `There is no execution provider "${name}"`, { details: { provider: name } })
}

function checkRows({ rows }: RunSpec): void {
  const lengths = Object.entries(rows).map(([name, values]) => `${name} ${values.length}`)
  if (new Set(Object.values(rows).map(values => values.length)).size !== 1) {
    throw new Error(`run.json: the columns of the rows differ in length: ${lengths.join(', ')}`)
  }
}
