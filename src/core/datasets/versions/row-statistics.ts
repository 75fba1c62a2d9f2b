/** What the rows of a data set say as a whole, read from the store: for versions that no import has counted. */
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { StoreReader } from '../../store/handles.ts'

export interface RowStatistics {
  rows: number
  structures: number
  /** Over exact values. */
  meanPX: number | null
  weakerThan: number
  strongerThan: number
  approximate: number
  histogram: Dataset['histogram']
  splitValues: string[]
}

/** As an import makes them. */
const BINS = 20
const MAX_SPLIT_VALUES = 200

export function selectRowStatistics(store: StoreReader, { id }: { id: string }): RowStatistics {
  const sums = store.one<Omit<RowStatistics, 'histogram' | 'splitValues'> & { min: number | null; max: number }>(
    `SELECT count(*) AS rows, count(DISTINCT structure_key) AS structures, min(p_x) AS min, max(p_x) AS max,
       round(avg(p_x) FILTER (WHERE relation = '='), 4) AS meanPX,
       count(*) FILTER (WHERE relation IN ('>', '>=')) AS weakerThan,
       count(*) FILTER (WHERE relation IN ('<', '<=')) AS strongerThan,
       count(*) FILTER (WHERE relation = '~') AS approximate
     FROM dataset_rows WHERE dataset_id = ?`,
    [id],
  )!
  const { min, max, ...counted } = sums
  return {
    ...counted,
    histogram: min === null ? null : histogramOf(store, id, { min, max }),
    splitValues: store
      .all<{ split: string }>(
        `SELECT split FROM dataset_rows WHERE dataset_id = ? AND split IS NOT NULL
         GROUP BY split ORDER BY min(row_index) LIMIT ${MAX_SPLIT_VALUES}`,
        [id],
      )
      .map(({ split }) => split),
  }
}

/** Counts in equal bins over [min, max]; the last bin holds its upper end. */
function histogramOf(store: StoreReader, id: string, { min, max }: { min: number; max: number }) {
  const counts = new Array<number>(max === min ? 1 : BINS).fill(0)
  const width = max === min ? 1 : max - min
  const bins = store.all<{ bin: number; n: number }>(
    `SELECT min(CAST((p_x - @min) / @width * @bins AS INTEGER), @bins - 1) AS bin, count(*) AS n
     FROM dataset_rows WHERE dataset_id = @id GROUP BY bin`,
    { id, min, width, bins: counts.length },
  )
  for (const { bin, n } of bins) counts[bin]! += n
  return { min, max, counts }
}
