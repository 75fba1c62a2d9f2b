import type { SettingTable, ValuesOf } from '../settings.ts'

/** Ranges are those the interface and the command line accept. */
const ranges = {
  /** Passes over the training rows of a member. */
  epochs: { kind: 'int', min: 1, max: 10_000 },
  /** Molecules a step. */
  batchSize: { kind: 'int', min: 1, max: 4_096 },
  /** At the top of the schedule: linear warm-up, then a cosine to a hundredth. */
  learningRate: { kind: 'number', min: 1e-8, max: 1 },
  /** Share of all steps. */
  warmupFraction: { kind: 'number', min: 0, max: 0.9 },
  /** AdamW's, a step's share is learningRate · weightDecay. */
  weightDecay: { kind: 'number', min: 0, max: 1 },
  /** Largest norm of the gradient; longer ones are scaled down. */
  clipNorm: { kind: 'number', min: 1e-3, max: 1e6 },
  /** Of the moving average of the weights that is evaluated and kept. 0: the weights themselves. */
  emaDecay: { kind: 'number', min: 0, max: 0.9999 },
  /** Epochs without a better validation error before a member ends. */
  patience: { kind: 'int', min: 1, max: 10_000 },
  /** Width of the messages. */
  hidden: { kind: 'int', min: 4, max: 2_400 },
  /** Message passing steps, the initial one included. */
  depth: { kind: 'int', min: 2, max: 10 },
  /** Width of the head's hidden layer. */
  headHidden: { kind: 'int', min: 4, max: 2_400 },
  /** On the molecule's vector and the head's hidden layer. */
  dropout: { kind: 'number', min: 0, max: 0.9 },
  /** The molecule's vector is the sum of its atoms' divided by this. */
  aggregationNorm: { kind: 'number', min: 1, max: 10_000 },
  /** Columns of the count fingerprints (Morgan, atom pairs, torsions) beside the molecule's vector. 0: none, a pure D-MPNN. */
  fingerprintColumns: { kind: 'int', min: 0, max: 16_384 },
  /** Share of a fingerprint's columns that a training step does not see. */
  fingerprintDropout: { kind: 'number', min: 0, max: 0.9 },
  /** Models that are averaged; each leaves out other rows for its validation. */
  members: { kind: 'int', min: 1, max: 10 },
} as const

export type DmpnnSettings = ValuesOf<typeof ranges>

const production: DmpnnSettings = {
  epochs: 40,
  batchSize: 32,
  learningRate: 1e-3,
  warmupFraction: 0.1,
  weightDecay: 0.01,
  clipNorm: 5,
  emaDecay: 0.98,
  patience: 15,
  hidden: 96,
  depth: 3,
  headHidden: 256,
  dropout: 0.5,
  aggregationNorm: 20,
  fingerprintColumns: 4096,
  fingerprintDropout: 0.3,
  members: 5,
}

export const dmpnnSettings: SettingTable<typeof ranges> = {
  ranges,
  presets: {
    /** Seconds: does it run at all? */
    smoke: {
      ...production,
      epochs: 5,
      learningRate: 4e-3,
      dropout: 0.1,
      hidden: 32,
      headHidden: 32,
      depth: 2,
      fingerprintColumns: 512,
      members: 1,
    },
    /** A first impression: one smaller model. */
    prototype: { ...production, epochs: 25, members: 1 },
    /** The production model once, to compare data or splits. */
    validation: { ...production, members: 1 },
    production,
  },
}
