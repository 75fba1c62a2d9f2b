/** Hyper-parameters as data: every recipe lists its own with ranges, every preset gives each a value. */
import { type Preset, presetSchema } from '../shared/contract/jobs.ts'
import { AppError } from '../shared/errors.ts'

export type SettingValue = number | boolean
export type SettingValues<K extends string = string> = Readonly<Record<K, SettingValue>>

/** As the contract's `settingSpecSchema`. */
export interface SettingSpec {
  name: string
  kind: 'int' | 'number' | 'boolean'
  default: SettingValue
  min?: number
  max?: number
}

/** What a setting may be. Ranges include their ends. */
export type SettingRange =
  | { readonly kind: 'int' | 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' }

/** The values of a table of ranges, each with its type. */
export type ValuesOf<R extends Record<string, SettingRange>> = {
  readonly [K in keyof R]: R[K] extends { kind: 'boolean' } ? boolean : number
}

export interface SettingTable<R extends Record<string, SettingRange> = Record<string, SettingRange>> {
  readonly ranges: R
  readonly presets: { readonly [P in Preset]: ValuesOf<R> }
}

/** For the form: name, range and value of every setting. */
export function settingSpecs(table: SettingTable, values: SettingValues): SettingSpec[] {
  return Object.entries(table.ranges).map(([name, range]) => {
    const value = values[name]!
    return range.kind === 'boolean'
      ? { name, kind: range.kind, default: value }
      : { name, kind: range.kind, default: value, min: range.min, max: range.max }
  })
}

/**
 * The preset's values with the given ones in their place; those of `production` where the preset is none that every recipe has: whoever
 * names one of the user's gives all values it had. Throws ERR_2001 naming the setting, what was expected and what was found:
 * unknown names, values of another type or outside the range.
 */
export function checkSettings<R extends Record<string, SettingRange>>(
  table: SettingTable<R>,
  preset: string,
  overrides: Readonly<Record<string, unknown>>,
): ValuesOf<R> {
  for (const [name, value] of Object.entries(overrides)) {
    const range = Object.hasOwn(table.ranges, name) ? table.ranges[name] : undefined
    if (!range) throw refuse(name, `expected one of ${Object.keys(table.ranges).join(', ')}`)
    if (!fits(range, value)) throw refuse(name, `expected ${describeRange(range)}, got ${JSON.stringify(value)}`)
  }
  const { data: builtIn = 'production' } = presetSchema.safeParse(preset)
  return { ...table.presets[builtIn], ...overrides }
}

function fits(range: SettingRange, value: unknown): boolean {
  if (range.kind === 'boolean') return typeof value === 'boolean'
  if (typeof value !== 'number' || !(value >= range.min && value <= range.max)) return false
  return range.kind === 'number' || Number.isInteger(value)
}

function describeRange(range: SettingRange): string {
  if (range.kind === 'boolean') return 'true or false'
  return `${range.kind === 'int' ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}`
}

function refuse(name: string, expected: string): AppError {
  return new AppError('ERR_2001', `Setting "${name}": ${expected}`, { path: `settings.${name}` })
}
