import { Button } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { ResultFilter, RowGroup } from '../../../shared/contract/predictions.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import type { GridColumn, SortOrder } from '../../components/grid/grid-column.ts'
import { Bar, EmptyNote } from '../../components/Layout.tsx'
import { formatPX } from '../../format/affinity.ts'
import { type Translate, useT } from '../../i18n/translate.ts'

interface GroupTableProps {
  query: { resultId: string; modelIndex: number; filter: ResultFilter; by: 'scaffold' | 'cluster' }
  version: string
  onOpen(group: { lines: number[]; name: string }): void
}

type Row = RowGroup & { id: string; place: number }

/** The best compounds by scaffold or likeness; a group is opened by its row. */
export function GroupTable({ query, version, onOpen }: GroupTableProps): ReactNode {
  const { t } = useT()
  const [order, setOrder] = useState<SortOrder>({ column: 'best', descending: true })
  const found = useCall(signal => client.predictions.groups(query, { signal }), [query.by, version])
  const rows = useMemo<Row[]>(
    () => (found.data?.groups ?? []).map((group, i) => ({ ...group, id: String(i), place: i + 1 })),
    [found.data],
  )
  const columns = useMemo(() => columnsOf(query.by, t, onOpen), [query.by, t, onOpen])
  if (found.error) return <ErrorCard error={found.error} onRetry={found.reload} />
  if (!found.data) return <EmptyNote title={t('predict.grouping')} />
  const { rows: looked, total } = found.data
  return (
    <>
      <Bar>
        <span className="muted">
          {t('predict.groupsOf', { count: rows.length, looked })}
          {looked < total ? ` ${t('predict.groupsRest', { count: total - looked })}` : ''}
        </span>
      </Bar>
      <DataGrid
        label={t('predict.groups')}
        columns={columns}
        rows={rows}
        rowHeight={84}
        order={order}
        onOrder={setOrder}
        empty={<EmptyNote title={t('common.nothingFound')} />}
      />
    </>
  )
}

function columnsOf(by: 'scaffold' | 'cluster', t: Translate, onOpen: GroupTableProps['onOpen']): GridColumn<Row>[] {
  const nameOf = (row: Row): string => (row.smiles === '' ? t('predict.noRings') : row.smiles)
  return [
    {
      id: 'structure',
      header: t(`predict.group.${by}`),
      width: '150px',
      cell: row =>
        row.smiles === '' ? (
          <span className="muted">{t('predict.noRings')}</span>
        ) : (
          <Depiction smiles={row.smiles} width={130} height={78} />
        ),
    },
    {
      id: 'size',
      header: t('predict.groupSize'),
      width: '110px',
      align: 'end',
      sortValue: row => row.lines.length,
      cell: row => row.lines.length,
    },
    {
      id: 'best',
      header: t('predict.groupBest'),
      width: '90px',
      align: 'end',
      sortValue: row => row.best,
      cell: row => <strong>{formatPX(row.best)}</strong>,
    },
    {
      id: 'worst',
      header: t('predict.groupWorst'),
      width: '90px',
      align: 'end',
      sortValue: row => row.worst,
      cell: row => formatPX(row.worst),
    },
    {
      id: 'open',
      header: '',
      width: 'minmax(120px, 1fr)',
      cell: row => (
        <Button variant="subtle" onClick={() => onOpen({ lines: row.lines, name: nameOf(row) })}>
          {t('predict.openGroup', { count: row.lines.length })}
        </Button>
      ),
    },
  ]
}
