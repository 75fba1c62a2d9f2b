/** What probes have measured, kept so that the same question is answered at once the next time. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { SettingValues } from '../../recipes/settings.ts'
import { type ProbeProfile, probeProfileSchema } from '../../shared/probe-profile.ts'
import type { StoreWriter } from '../store/handles.ts'

/** Everything that what was measured follows from. */
export interface ProfileKey {
  /** As `ProviderService.machine`: version, processor, host. */
  readonly machine: string
  readonly provider: string
  readonly threads: number
  readonly recipe: string
  readonly settings: SettingValues
  /** SHA-256 of the data set: how large its compounds are. */
  readonly data: string
  readonly processRows: number
}

export interface StoredProfile {
  readonly measuredAt: number
  /** A batch size was looked for. */
  readonly isFitted: boolean
  readonly profile: ProbeProfile
}

/** Settings that say how often and how steps are taken, not what a step does; a batch size is one of the things measured. */
const NOT_SHAPE = new Set([
  'epochs',
  'batchSize',
  'learningRate',
  'warmupFraction',
  'weightDecay',
  'clipNorm',
  'emaDecay',
  'patience',
  'aggregationNorm',
  'members',
  'folds',
  'outOfFold',
])
const NAME = 'preflight'
/** A few hundred bytes each. */
const KEPT = 50

const entrySchema = z.strictObject({
  key: z.string(),
  measuredAt: z.number(),
  isFitted: z.boolean(),
  profile: probeProfileSchema,
})
type Entry = z.infer<typeof entrySchema>

export function createProfileStore(store: StoreWriter) {
  function read(): Entry[] {
    const row = store.one<{ value: string }>('SELECT value FROM settings WHERE name = ?', [NAME])
    return row === undefined ? [] : z.array(entrySchema).parse(JSON.parse(row.value))
  }

  return {
    get(key: ProfileKey): StoredProfile | null {
      return read().find(entry => entry.key === hashOf(key)) ?? null
    },
    /** In the place of what was known; batch sizes that were measured before stay known. */
    put(key: ProfileKey, measured: StoredProfile): StoredProfile {
      const known = read()
      const before = known.find(entry => entry.key === hashOf(key))
      const entry = { key: hashOf(key), ...(before ? joined(before, measured) : measured) }
      const kept = [entry, ...known.filter(each => each.key !== entry.key)].slice(0, KEPT)
      store.run(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        [NAME, JSON.stringify(kept)],
      )
      return entry
    },
  }
}

function joined(before: StoredProfile, now: StoredProfile): StoredProfile {
  const [old, network] = [before.profile.network, now.profile.network]
  if (!old || !network) return now
  const again = new Set(network.batches.map(({ batchSize }) => batchSize))
  const batches = [...network.batches, ...old.batches.filter(({ batchSize }) => !again.has(batchSize))]
  batches.sort((a, b) => a.batchSize - b.batchSize)
  const isFitted = now.isFitted || before.isFitted
  return { ...now, isFitted, profile: { ...now.profile, network: { ...network, batches } } }
}

function hashOf({ settings, ...key }: ProfileKey): string {
  const shape = Object.entries(settings).filter(([name]) => !NOT_SHAPE.has(name))
  const named = [...Object.entries(key), ...shape].sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(named)).digest('hex').slice(0, 32)
}
