import type { SettingTable, ValuesOf } from '../settings.ts'

export const gpRanges = {
  /** Rows, drawn at random, on which the weights of the kernels and the noise are chosen. */
  tuningRows: { kind: 'int', min: 20, max: 3_000 },
  /**
   * Parts of the training rows that are predicted as if they had not been seen. Each is an eighth: seven are disjoint however their
   * sizes are rounded.
   */
  folds: { kind: 'int', min: 1, max: 20 },
} as const

export type GpSettings = ValuesOf<typeof gpRanges>

/** 900 rows are enough: hyper-parameters of all rows gave no smaller error. */
const production: GpSettings = { tuningRows: 900, folds: 7 }

export const gpSettings: SettingTable<typeof gpRanges> = {
  ranges: gpRanges,
  presets: {
    smoke: { tuningRows: 200, folds: 4 },
    prototype: { tuningRows: 400, folds: 7 },
    validation: production,
    production,
  },
}
