import { Button, Progress } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { Dataset, DatasetRow } from '../../../shared/contract/datasets.ts'
import { rowSortSchema } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { GridView } from '../../components/grid/GridView.tsx'
import { usePagedRows } from '../../components/grid/use-paged-rows.ts'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { useRoute } from '../../route/use-route.ts'
import { CompoundDialog } from './CompoundDialog.tsx'
import { DropRows } from './DropRows.tsx'
import { RowFilters } from './RowFilters.tsx'
import { rowColumns } from './row-columns.tsx'
import { filterOf, isFiltered, searchOf } from './row-filter.ts'
import { useStructureSearch } from './use-structure-search.ts'

const ROW_HEIGHT = 72

export function DatasetRows({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { params } = useRoute()
  // Typing settles before it is asked for.
  const [settled] = useDebouncedValue(params, 250)
  const filter = useMemo(() => filterOf(settled), [settled])
  const wanted = useMemo(() => searchOf(settled), [settled])
  const search = useStructureSearch(dataset.id, wanted)
  const isSimilarity = wanted?.kind === 'similarity'
  const [order, setOrder] = useUrlOrder('r', {
    column: isSimilarity ? 'similarity' : 'index',
    descending: isSimilarity,
  })
  const sort = rowSortSchema.options.find(name => name === order.column) ?? 'index'
  const { descending } = order
  const { id } = dataset
  const { searchId } = search
  const waiting = wanted !== null && searchId === null
  const paged = usePagedRows<DatasetRow>(
    async (offset, limit, signal) =>
      waiting
        ? { total: 0, rows: [] }
        : client.datasets.rows({ id, ...filter, searchId, offset, limit, sort, descending }, { signal }),
    [id, filter, searchId, waiting, sort, descending],
  )
  const isGone = paged.error?.code === 'ERR_3004'
  const { restart } = search
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time a result turns out to be gone
  useEffect(() => {
    if (isGone) restart()
  }, [isGone])
  const columns = useMemo(() => rowColumns(dataset, t, { similarity: isSimilarity }), [dataset, t, isSimilarity])
  const [shown, setShown] = useState<DatasetRow | null>(null)
  return (
    <>
      <RowFilters dataset={dataset} />
      <Bar>
        <span className="muted" aria-live="polite">
          {search.running
            ? t(`rows.stage.${search.progress?.stage ?? 'matching'}`)
            : t('data.rowCount', { count: paged.total, shown: formatCount(paged.total, language) })}
          {search.refused > 0 && `, ${t('rows.refused', { count: search.refused })}`}
        </span>
        {search.running && (
          <>
            <Progress
              value={search.progress?.total ? (100 * search.progress.done) / search.progress.total : 100}
              animated={!search.progress?.total}
              style={{ flex: 1, maxWidth: 240 }}
              aria-label={t('rows.searching')}
            />
            <Button variant="default" onClick={search.stop}>
              {t('common.cancel')}
            </Button>
          </>
        )}
        {search.stopped && (
          <Button variant="default" onClick={search.restart}>
            {t('rows.searchAgain')}
          </Button>
        )}
        <Grow />
        {isFiltered(settled) && !waiting && paged.total > 0 && (
          <DropRows dataset={dataset} total={paged.total} query={{ ...filter, searchId }} />
        )}
      </Bar>
      {search.error && <ErrorCard error={search.error} />}
      {paged.error && !isGone && <ErrorCard error={paged.error} />}
      <GridView
        label={t('data.tab.rows')}
        columns={columns}
        rowCount={paged.total}
        rowAt={paged.rowAt}
        rowHeight={ROW_HEIGHT}
        order={order}
        onOrder={setOrder}
        onRange={paged.onRange}
        onOpen={setShown}
        empty={
          paged.starting || search.running ? (
            <EmptyNote title={search.running ? t('rows.searching') : t('common.loading')} />
          ) : (
            <EmptyNote title={t('common.nothingFound')} text={t('rows.nothingFits')} />
          )
        }
      />
      {shown && <CompoundDialog dataset={dataset} row={shown} onClose={() => setShown(null)} />}
    </>
  )
}
