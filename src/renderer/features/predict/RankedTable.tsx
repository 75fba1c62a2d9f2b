import { Button } from '@mantine/core'
import { IconRefresh, IconX } from '@tabler/icons-react'
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import type { z } from 'zod'
import type { predictionsContract } from '../../../shared/contract/predictions.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { GridView } from '../../components/grid/GridView.tsx'
import { usePagedRows } from '../../components/grid/use-paged-rows.ts'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, Grow, MasterDetail } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { navigate, useRoute } from '../../route/use-route.ts'
import { FallbackNote } from './FallbackNote.tsx'
import { GroupTable } from './GroupTable.tsx'
import type { PredictView } from './predict-view.tsx'
import { RankedFilters, useRankedFilter } from './RankedFilters.tsx'
import { RowDetail } from './RowDetail.tsx'
import { rankedColumns } from './ranked-columns.tsx'
import { orderOf, type ResultRow } from './ranked-rows.ts'
import { SaveMenu } from './SaveMenu.tsx'

interface RankedTableProps {
  resultId: string
  model: PredictView['model']
  /** Changes when rows have come or have been tried again. */
  version: string
  complete: boolean
}

type Page = z.infer<(typeof predictionsContract.result)['~orpc']['outputSchema'] & z.ZodType>

/** Ranked, filtered, grouped; the compound of the selected row stands beside it. */
export function RankedTable({ resultId, model, version, complete }: RankedTableProps): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const [order, setOrder] = useUrlOrder('p', { column: 'prediction', descending: true })
  const { filter, key } = useRankedFilter()
  const [group, setGroup] = useState<{ lines: number[]; name: string } | null>(null)
  const lines = group?.lines ?? null
  const { sort, modelIndex } = orderOf(order.column)
  const { descending } = order
  const head = useRef<Omit<Page, 'rows'> | null>(null)
  const asked = useMemo(
    () => ({ resultId, sort, modelIndex, descending, filter: { ...filter, lines } }),
    [resultId, sort, modelIndex, descending, filter, lines],
  )
  const paged = usePagedRows<ResultRow>(
    async (offset, limit, signal) => {
      const page = await client.predictions.result({ ...asked, offset, limit }, { signal })
      head.current = page
      return page
    },
    [resultId, version, sort, modelIndex, descending, key, lines],
  )
  const models = head.current?.models
  const columns = useMemo(
    () => rankedColumns({ endpoint: model.endpoint, models: models ?? [], t }),
    [model.endpoint, models, t],
  )
  const retry = useAction(async () => {
    const { jobId } = await client.predictions.retryFailed({ resultId })
    navigate({ page: 'predict', id: model.id, tab: 'file', params: { ...params, job: jobId } })
  })
  const [selected, setSelected] = useState<ResultRow | null>(null)
  const topRows = useCallback(
    async (limit: number) => (await client.predictions.result({ ...asked, offset: 0, limit })).rows,
    [asked],
  )
  const { all = 0, errors = 0 } = head.current ?? {}
  const by = params.group === 'scaffold' || params.group === 'cluster' ? params.group : null
  const table = (
    <>
      <Bar>
        <span>
          {paged.total === all || all === 0
            ? t('predict.compounds', { count: paged.total })
            : t('predict.someOf', { count: paged.total, all })}
        </span>
        {errors > 0 && <span className="muted">{t('predict.notRead', { count: errors })}</span>}
        {errors > 0 && complete && (
          <Button
            variant="subtle"
            leftSection={<IconRefresh size={14} />}
            loading={retry.busy}
            onClick={() => retry.run()}
          >
            {t('predict.retry')}
          </Button>
        )}
        <Grow />
        {complete && <SaveMenu request={asked} models={models ?? []} endpoint={model.endpoint} topRows={topRows} />}
      </Bar>
      <RankedFilters />
      {group && (
        <Bar>
          <span className="truncate">{t('predict.inGroup', { name: group.name })}</span>
          <Button variant="subtle" leftSection={<IconX size={14} />} onClick={() => setGroup(null)}>
            {t('predict.leaveGroup')}
          </Button>
        </Bar>
      )}
      {models?.[0] && <FallbackNote answeredBy={models[0]} />}
      {retry.error && <ErrorCard error={retry.error} />}
      {paged.error && <ErrorCard error={paged.error} />}
      {by && !group ? (
        <GroupTable
          query={{ resultId, modelIndex, filter, by }}
          version={`${version} ${key} ${modelIndex}`}
          onOpen={setGroup}
        />
      ) : (
        <GridView
          label={t('predict.ranked')}
          columns={columns}
          rowCount={paged.total}
          rowAt={paged.rowAt}
          rowHeight={72}
          order={order}
          onOrder={setOrder}
          onRange={paged.onRange}
          onSelect={setSelected}
          empty={<EmptyNote title={paged.starting ? t('common.loading') : t('common.nothingFound')} />}
        />
      )}
    </>
  )
  const answering = models?.[0]?.modelId ?? model.id
  return (
    <MasterDetail
      list={table}
      detail={
        selected && (
          <RowDetail
            row={selected}
            model={model}
            modelId={answering}
            onClose={() => setSelected(null)}
            key={selected.line}
          />
        )
      }
    />
  )
}
