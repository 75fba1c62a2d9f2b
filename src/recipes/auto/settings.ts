import { dmpnnSettings } from '../dmpnn/settings.ts'
import type { SettingTable, ValuesOf } from '../settings.ts'
import { gpRanges } from '../tanimoto-gp/settings.ts'

/** The network's and the process's, and how the two are weighed. */
const ranges = {
  ...dmpnnSettings.ranges,
  tuningRows: gpRanges.tuningRows,
  /**
   * Off: all networks leave out the same eighth of the rows, on which their mean and the process are weighed. On: each leaves out other
   * rows and is weighed on them, which takes more rows into account but judges single networks instead of their mean.
   */
  outOfFold: { kind: 'boolean' },
} as const

export type AutoSettings = ValuesOf<typeof ranges>

/** Fewer and shorter trained networks than `dmpnn` trains alone: within half a second a training row on two cores. */
const production: AutoSettings = {
  ...dmpnnSettings.presets.production,
  epochs: 30,
  members: 4,
  tuningRows: 900,
  outOfFold: false,
}

export const autoSettings: SettingTable<typeof ranges> = {
  ranges,
  presets: {
    smoke: { ...dmpnnSettings.presets.smoke, members: 2, tuningRows: 200, outOfFold: false },
    prototype: { ...dmpnnSettings.presets.prototype, members: 2, tuningRows: 400, outOfFold: false },
    validation: { ...production, members: 2 },
    production,
  },
}
