/** The user's settings: defaults of the contract, overridden by what the store holds. */
import { type Settings, type SettingsChange, settingsSchema } from '../../shared/contract/system.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { EventBus } from './event-bus.ts'

export interface SettingsService {
  read(): Settings
  /** Changes the given ones, tells everybody, answers all. */
  update(change: SettingsChange): Settings
}

export function createSettings(store: StoreWriter, events: EventBus): SettingsService {
  const read = (): Settings => {
    const known = new Set(Object.keys(settingsSchema.shape))
    const stored = store.all<{ name: string; value: string }>('SELECT name, value FROM settings')
    // Other parts keep facts of their own in the table under names that are no settings.
    const pairs = stored.filter(row => known.has(row.name)).map(row => [row.name, JSON.parse(row.value)])
    return settingsSchema.parse(Object.fromEntries(pairs))
  }
  return {
    read,
    update: change => {
      store.write(() => {
        for (const [name, value] of Object.entries(change)) {
          if (value === undefined) continue
          store.run(
            'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
            [name, JSON.stringify(value)],
          )
        }
      })
      const settings = read()
      events.publish({ type: 'settings.changed', settings })
      return settings
    },
  }
}
