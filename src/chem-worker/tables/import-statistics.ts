/** What an import says about its data set as a whole. */
import type { Fate, ImportOptions } from '../../shared/contract/datasets.ts'
import type { ImportResult } from '../../shared/table-protocol.ts'
import type { Compound } from './record-parser.ts'
import type { TableLayout } from './record-reader.ts'
import type { MergedGroup, Replicates } from './replicates.ts'

const BINS = 20
const MAX_SPLIT_VALUES = 200

export class ImportStatistics {
  readonly counts = { read: 0, accepted: 0, altered: 0, merged: 0, rejected: 0 } satisfies ImportResult['counts']
  readonly #operators = { weaker: 0, stronger: 0, approximate: 0 }
  readonly #units = new Set<string>()
  readonly #splitValues = new Set<string>()
  #withDeviation = 0
  /** [rows] pX of the kept rows, and whether it is exact. */
  readonly #pX: number[] = []
  readonly #isExact: boolean[] = []

  reject(): void {
    this.#count('rejected')
  }

  /** A record that is used, whichever row it ends up in. */
  use(fate: Exclude<Fate, 'rejected'>, { affinity, split }: Compound): void {
    this.#count(fate)
    const { relation } = affinity
    if (relation === '>' || relation === '>=') this.#operators.weaker++
    if (relation === '<' || relation === '<=') this.#operators.stronger++
    if (relation === '~') this.#operators.approximate++
    if (affinity.uncertainty !== null) this.#withDeviation++
    this.#units.add(affinity.unit)
    if (split !== null && this.#splitValues.size < MAX_SPLIT_VALUES) this.#splitValues.add(split)
    if (fate === 'merged') return
    this.#pX.push(affinity.pX)
    this.#isExact.push(relation === '=')
  }

  replace(group: MergedGroup): void {
    this.#pX[group.index] = group.pX
  }

  result(layout: TableLayout, options: ImportOptions, replicates: Replicates): ImportResult {
    const exact = this.#pX.filter((_, i) => this.#isExact[i])
    const meanPX = exact.length === 0 ? null : exact.reduce((sum, pX) => sum + pX, 0) / exact.length
    const groups = replicates.repeated
    const noise = replicates.noise()
    return {
      sha256: layout.scan.sha256,
      counts: this.counts,
      summary: {
        records: this.counts.read,
        structures: replicates.structures,
        endpoint: options.endpoint,
        unit: this.#units.size > 1 ? 'mixed' : ([...this.#units][0] ?? options.unit ?? 'none'),
        meanPX: meanPX === null ? null : rounded(meanPX),
        headerLine: layout.headerLine,
        firstColumn: layout.header[0] ?? '',
        encoding: layout.encoding,
        format: layout.format,
        ...(layout.member === undefined ? {} : { member: layout.member }),
        ...(layout.sheet === undefined ? {} : { sheet: layout.sheet }),
        ...present('weakerThan', this.#operators.weaker),
        ...present('strongerThan', this.#operators.stronger),
        ...present('approximate', this.#operators.approximate),
        ...present('plusMinus', this.#withDeviation),
        ...(groups === 0
          ? {}
          : {
              replicateGroups: groups,
              groupsSpreadOver1Log: replicates.spread(),
              ...(noise === null ? {} : { noisePX: rounded(noise.sd), noiseFreedom: noise.freedom }),
              ...(options.duplicates?.keep === 'all'
                ? {}
                : { meanOfMediansPX: meanPX === null ? null : rounded(meanPX) }),
            }),
      },
      header: layout.header,
      histogram: histogram(this.#pX),
      splitValues: [...this.#splitValues],
    }
  }

  #count(fate: Fate): void {
    this.counts.read++
    this.counts[fate]++
  }
}

/** Facts that do not apply are left out rather than said to be 0. */
function present(name: string, count: number): Record<string, number> {
  return count === 0 ? {} : { [name]: count }
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

/** Counts in equal bins over [min, max]; the last bin holds its upper end. */
export function histogram(values: readonly number[]): ImportResult['histogram'] {
  if (values.length === 0) return null
  const min = values.reduce((a, b) => Math.min(a, b))
  const max = values.reduce((a, b) => Math.max(a, b))
  const counts = new Array<number>(max === min ? 1 : BINS).fill(0)
  for (const value of values) {
    const bin = max === min ? 0 : Math.min(BINS - 1, Math.floor(((value - min) / (max - min)) * BINS))
    counts[bin]!++
  }
  return { min, max, counts }
}
