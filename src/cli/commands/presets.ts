/** `presets`: the user's own, named hyper-parameters; to list, to save and to remove. */
import { type Preset, presetSchema, type Recipe } from '../../shared/contract/jobs.ts'
import type { StoredPreset } from '../../shared/contract/presets.ts'
import { AppError } from '../../shared/errors.ts'
import { formatTable } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function listPresets(context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const presets = await client.presets.list()
    const lines = presets.map(preset => [preset.name, preset.recipe, preset.base, describe(preset.settings)])
    terminal.result({ builtIn: presetSchema.options, presets }, [
      `every recipe: ${presetSchema.options.join(', ')}`,
      ...(lines.length === 0 ? [] : formatTable(['name', 'recipe', 'copy of', 'changes'], lines)),
    ])
  })
}

export interface SavePresetOptions {
  recipe?: Recipe
  base?: Preset
  set: Record<string, number | string | boolean>
}

/** A new one, or one of that name again. */
export async function savePreset(name: string, options: SavePresetOptions, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const known = (await client.presets.list()).find(preset => preset.name.toLowerCase() === name.toLowerCase())
    const preset = await client.presets.save({
      name,
      recipe: options.recipe ?? known?.recipe ?? 'auto',
      base: options.base ?? known?.base ?? 'production',
      settings: valuesOf(options.set),
      ...(known ? { replaces: known.name } : {}),
    })
    terminal.result({ preset }, [`${preset.name}: ${preset.recipe}, ${preset.base}, ${describe(preset.settings)}`])
  })
}

export async function removePreset(name: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    await client.presets.remove({ name })
    terminal.result({ removed: name }, [`${name} removed`])
  })
}

function valuesOf(set: SavePresetOptions['set']): StoredPreset['settings'] {
  const values: StoredPreset['settings'] = {}
  for (const [name, value] of Object.entries(set)) {
    if (typeof value === 'string') {
      const message = `Setting "${name}": expected a number, true or false, got ${JSON.stringify(value)}`
      throw new AppError('ERR_2001', message, { path: `settings.${name}` })
    }
    values[name] = value
  }
  return values
}

function describe(settings: StoredPreset['settings']): string {
  const changes = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return changes.length === 0 ? 'nothing changed' : changes.join(' ')
}
