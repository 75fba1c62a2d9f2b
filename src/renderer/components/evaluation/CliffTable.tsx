import { type ReactNode, useMemo, useState } from 'react'
import type { ActivityCliff } from '../../../shared/evaluation.ts'
import { fixed } from '../../format/affinity.ts'
import { formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { Depiction } from '../Depiction.tsx'
import { DataGrid } from '../grid/DataGrid.tsx'
import type { GridColumn, SortOrder } from '../grid/grid-column.ts'
import classes from './evaluation.module.css'

type Row = ActivityCliff & { id: string }

/** Alike compounds whose values lie far apart, with whether the model saw it coming; a row opens its first compound. */
export function CliffTable(props: { cliffs: readonly ActivityCliff[]; onOpen(row: number): void }): ReactNode {
  const { cliffs, onOpen } = props
  const { t, language } = useT()
  const [order, setOrder] = useState<SortOrder>({ column: 'difference', descending: true })
  const [selected, setSelected] = useState<string | null>(null)
  const rows = useMemo(() => cliffs.map((cliff, i): Row => ({ ...cliff, id: String(i) })), [cliffs])
  const columns = useMemo<GridColumn<Row>[]>(
    () => [
      {
        id: 'pair',
        header: t('evaluation.pair'),
        width: '200px',
        cell: ({ smiles, otherSmiles }) => (
          <span className={classes.pair}>
            {[smiles, otherSmiles].map((text, i) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: a pair keeps its order
              text ? <Depiction key={i} smiles={text} width={92} height={56} /> : <span key={i}>–</span>,
            )}
          </span>
        ),
      },
      {
        id: 'similarity',
        header: t('evaluation.similarity'),
        width: 'minmax(80px, 1fr)',
        align: 'end',
        sortValue: row => row.similarity,
        cell: row => formatPercent(row.similarity, language),
      },
      {
        id: 'difference',
        header: t('evaluation.measuredDifference'),
        width: 'minmax(96px, 1fr)',
        align: 'end',
        sortValue: row => Math.abs(row.measuredDifference),
        cell: row => signed(row.measuredDifference),
      },
      {
        id: 'predicted',
        header: t('evaluation.predictedDifference'),
        width: 'minmax(96px, 1fr)',
        align: 'end',
        sortValue: row => row.predictedDifference,
        cell: row => signed(row.predictedDifference),
      },
      {
        id: 'seen',
        header: t('evaluation.seen'),
        width: '92px',
        sortValue: row => (row.isPredicted ? 1 : 0),
        cell: row => t(row.isPredicted ? 'evaluation.cliffSeen' : 'evaluation.cliffMissed'),
      },
    ],
    [t, language],
  )
  return (
    <div className={classes.gridBox}>
      <DataGrid
        label={t('evaluation.cliffs')}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={selected}
        onSelect={row => {
          setSelected(row.id)
          onOpen(row.row)
        }}
        rowHeight={64}
      />
    </div>
  )
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${fixed(value, 2)}`
}
