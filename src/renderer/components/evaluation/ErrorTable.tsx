import { type ReactNode, useMemo, useState } from 'react'
import type { EvaluatedPoint } from '../../../shared/evaluation.ts'
import { fixed, formatPX, formatWithHalfWidth } from '../../format/affinity.ts'
import { formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { Depiction } from '../Depiction.tsx'
import { DataGrid } from '../grid/DataGrid.tsx'
import type { GridColumn, SortOrder } from '../grid/grid-column.ts'
import classes from './evaluation.module.css'

interface ErrorTableProps {
  points: readonly EvaluatedPoint[]
  selected: EvaluatedPoint | null
  onSelect(point: EvaluatedPoint): void
}

type Row = EvaluatedPoint & { id: string }

/** The points of the parity plot as a list, for the keyboard and for whoever looks for the largest error. */
export function ErrorTable({ points, selected, onSelect }: ErrorTableProps): ReactNode {
  const { t, language } = useT()
  const [order, setOrder] = useState<SortOrder>({ column: 'error', descending: true })
  const rows = useMemo(() => points.map((point): Row => ({ ...point, id: String(point.row) })), [points])
  const columns = useMemo<GridColumn<Row>[]>(
    () => [
      {
        id: 'structure',
        header: t('evaluation.structure'),
        width: '96px',
        cell: row => (row.smiles ? <Depiction smiles={row.smiles} width={84} height={52} /> : '–'),
      },
      {
        id: 'measured',
        header: t('evaluation.measured'),
        width: 'minmax(72px, 1fr)',
        align: 'end',
        sortValue: row => row.measured,
        cell: row => formatPX(row.measured),
      },
      {
        id: 'predicted',
        header: t('evaluation.predicted'),
        width: 'minmax(104px, 1fr)',
        align: 'end',
        sortValue: row => row.predicted,
        cell: row => formatWithHalfWidth(row.predicted, row.halfWidth),
      },
      {
        id: 'error',
        header: t('evaluation.error'),
        width: 'minmax(72px, 1fr)',
        align: 'end',
        sortValue: row => Math.abs(row.predicted - row.measured),
        cell: row => {
          const error = row.predicted - row.measured
          return <strong style={{ fontWeight: 500 }}>{`${error > 0 ? '+' : ''}${fixed(error, 2)}`}</strong>
        },
      },
      {
        id: 'similarity',
        header: t('evaluation.nearest'),
        width: 'minmax(88px, 1fr)',
        align: 'end',
        sortValue: row => row.similarity,
        cell: row => (row.similarity === null ? '–' : formatPercent(row.similarity, language)),
      },
    ],
    [t, language],
  )
  return (
    <div className={classes.gridBox}>
      <DataGrid
        label={t('evaluation.largestErrors')}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={selected?.part === 'test' ? String(selected.row) : null}
        onSelect={onSelect}
        rowHeight={60}
      />
    </div>
  )
}
