import { dmpnnSettings } from '../dmpnn/settings.ts'
import type { SettingTable, ValuesOf } from '../settings.ts'
import { gpRanges } from '../tanimoto-gp/settings.ts'

/** The network's and the process's; as many folds as there are networks, so that both predict the same unseen rows. */
const ranges = { ...dmpnnSettings.ranges, tuningRows: gpRanges.tuningRows } as const

export type AutoSettings = ValuesOf<typeof ranges>

/** Fewer and shorter trained networks than `dmpnn` trains alone: within half a second a training row on two cores. */
const production: AutoSettings = {
  ...dmpnnSettings.presets.production,
  epochs: 30,
  members: 4,
  tuningRows: 900,
}

export const autoSettings: SettingTable<typeof ranges> = {
  ranges,
  presets: {
    smoke: { ...dmpnnSettings.presets.smoke, members: 2, tuningRows: 200 },
    prototype: { ...dmpnnSettings.presets.prototype, members: 2, tuningRows: 400 },
    validation: { ...production, members: 2 },
    production,
  },
}
