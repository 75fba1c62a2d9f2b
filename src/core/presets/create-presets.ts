/** The user's presets in the store. A run takes their values when it is queued, so that a later change never reaches it. */
import { checkRecipeSettings } from '../../recipes/registry.ts'
import type { SettingValues } from '../../recipes/settings.ts'
import { presetSchema, type Recipe } from '../../shared/contract/jobs.ts'
import { type PresetDraft, type StoredPreset, storedPresetSchema } from '../../shared/contract/presets.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'

export interface PresetService {
  list(): StoredPreset[]
  /** Errors as the contract's `presets.save`. */
  save(draft: PresetDraft & { replaces?: string | undefined }): StoredPreset
  /** ERR_3006 where there is none. */
  remove(name: string): void
  /**
   * Every setting of the recipe under a preset, built in or the user's, with the given ones in their place. ERR_3006 where there is none
   * of that name, ERR_2001 where it belongs to another recipe or a setting does not fit.
   */
  resolve(recipe: Recipe, preset: string, overrides: Readonly<Record<string, unknown>>): SettingValues
}

interface Row {
  name: string
  recipe: string
  base: string
  settings: string
  created_at: number
  updated_at: number
}

export function createPresets(store: StoreWriter): PresetService {
  return {
    list: () => store.all<Row>('SELECT * FROM presets ORDER BY name').map(toPreset),
    save: ({ replaces, ...draft }) => {
      checkName(draft.name)
      checkRecipeSettings(draft.recipe, draft.base, draft.settings)
      return store.write(() => {
        const old = replaces === undefined ? null : getPreset(store, replaces)
        if (findPreset(store, draft.name) !== null && !sameName(draft.name, replaces)) {
          throw new AppError('ERR_4001', `there is already a preset "${draft.name}"`, { path: 'name' })
        }
        if (old) store.run('DELETE FROM presets WHERE name = ?', [old.name])
        const now = Date.now()
        const saved: StoredPreset = { ...draft, createdAt: old?.createdAt ?? now, updatedAt: now }
        store.run(
          'INSERT INTO presets (name, recipe, base, settings, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
          [saved.name, saved.recipe, saved.base, JSON.stringify(saved.settings), saved.createdAt, saved.updatedAt],
        )
        return saved
      })
    },
    remove: name => {
      if (store.run('DELETE FROM presets WHERE name = ?', [name]) === 0) throw absent(name)
    },
    resolve: (recipe, name, overrides) => {
      const builtIn = presetSchema.safeParse(name)
      if (builtIn.success) return checkRecipeSettings(recipe, builtIn.data, overrides)
      const preset = getPreset(store, name)
      if (preset.recipe !== recipe) {
        const message = `the preset "${name}" is one of ${preset.recipe}, not of ${recipe}`
        throw new AppError('ERR_2001', message, { path: 'preset' })
      }
      return checkRecipeSettings(recipe, preset.base, { ...preset.settings, ...overrides })
    },
  }
}

function checkName(name: string): void {
  const taken = presetSchema.options.find(option => sameName(option, name))
  if (taken)
    throw new AppError('ERR_2001', `"${taken}" is a preset of every recipe: choose another name`, { path: 'name' })
}

/** As the store compares them. */
function sameName(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase()
}

function findPreset(store: StoreReader, name: string): StoredPreset | null {
  const row = store.one<Row>('SELECT * FROM presets WHERE name = ?', [name])
  return row === undefined ? null : toPreset(row)
}

function getPreset(store: StoreReader, name: string): StoredPreset {
  const preset = findPreset(store, name)
  if (preset === null) throw absent(name)
  return preset
}

function absent(name: string): AppError {
  const known = presetSchema.options.join(', ')
  return new AppError('ERR_3006', `there is no preset "${name}" beside ${known}`, { path: 'preset' })
}

function toPreset(row: Row): StoredPreset {
  return storedPresetSchema.parse({
    name: row.name,
    recipe: row.recipe,
    base: row.base,
    settings: JSON.parse(row.settings),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  })
}
