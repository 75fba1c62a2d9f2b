import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import type { Dataset, DatasetRow } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { GridView } from '../../components/grid/GridView.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { usePagedRows } from '../../components/grid/use-paged-rows.ts'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import {
  boundOfConcentration,
  boundOfPX,
  concentrationOf,
  formatConcentration,
  formatPX,
  pXName,
} from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { type Translate, useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'

const SORTS = ['index', 'id', 'pX', 'smiles'] as const
const ROW_HEIGHT = 72

export function DatasetRows({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { params } = useRoute()
  const [order, setOrder] = useUrlOrder('r', { column: 'index', descending: false })
  const search = params.rq ?? ''
  const [settled] = useDebouncedValue(search, 200)
  const sort = SORTS.find(name => name === order.column) ?? 'index'
  const { id } = dataset
  const { descending } = order
  const paged = usePagedRows<DatasetRow>(
    (offset, limit, signal) =>
      client.datasets.rows({ id, offset, limit, search: settled, sort, descending }, { signal }),
    [id, settled, sort, descending],
  )
  const columns = useMemo(() => rowColumns(dataset, t), [dataset, t])
  return (
    <>
      <Bar>
        <TextInput
          aria-label={t('data.searchRows')}
          placeholder={t('data.searchRows')}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={event => setParams({ rq: event.currentTarget.value })}
          w={240}
        />
        <Grow />
        <span className="muted" aria-live="polite">
          {t('data.rowCount', { count: paged.total, shown: formatCount(paged.total, language) })}
        </span>
      </Bar>
      {paged.error && <ErrorCard error={paged.error} />}
      <GridView
        label={t('data.tab.rows')}
        columns={columns}
        rowCount={paged.total}
        rowAt={paged.rowAt}
        rowHeight={ROW_HEIGHT}
        order={order}
        onOrder={setOrder}
        onRange={paged.onRange}
        empty={
          paged.starting ? (
            <EmptyNote title={t('common.loading')} />
          ) : (
            <EmptyNote title={t('common.nothingFound')} text={t('common.nothingFoundText', { query: settled })} />
          )
        }
      />
    </>
  )
}

function rowColumns(dataset: Dataset, t: Translate): GridColumn<DatasetRow>[] {
  const unit = pXName(dataset.endpoint)
  return [
    {
      id: 'index',
      header: t('data.line'),
      width: '64px',
      align: 'end',
      sortable: true,
      cell: row => <span className="muted">{row.line}</span>,
    },
    {
      id: 'structure',
      header: t('data.structure'),
      width: '124px',
      cell: row => <Depiction smiles={row.smiles} width={100} height={66} />,
    },
    {
      id: 'id',
      header: t('data.id'),
      width: 'minmax(132px, 1fr)',
      sortable: true,
      showFrom: 620,
      cell: row => row.id ?? '–',
    },
    {
      id: 'smiles',
      header: 'SMILES',
      width: 'minmax(110px, 1.6fr)',
      sortable: true,
      cell: row => (
        <span className="mono" title={row.smiles}>
          {row.smiles}
        </span>
      ),
    },
    {
      id: 'pX',
      header: unit,
      width: '88px',
      align: 'end',
      sortable: true,
      cell: row => (
        <strong style={{ fontWeight: 500 }}>
          {boundOfPX(row.relation)}
          {formatPX(row.pX)}
        </strong>
      ),
    },
    {
      id: 'concentration',
      header: t('data.concentration'),
      width: '120px',
      align: 'end',
      showFrom: 520,
      cell: row => (
        <span title={t('data.rawValue', { value: row.rawValue })}>
          {boundOfConcentration(row.relation)}
          {formatConcentration(concentrationOf(row.pX))}
        </span>
      ),
    },
    ...(dataset.splitValues.length > 0
      ? [
          {
            id: 'split',
            header: t('data.split'),
            width: '88px',
            showFrom: 700,
            cell: (row: DatasetRow) => row.split ?? '–',
          },
        ]
      : []),
  ]
}
