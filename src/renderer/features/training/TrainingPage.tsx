import { Button } from '@mantine/core'
import { IconPlus, IconWaveSine } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { byId, isEnded, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useChosenColumns } from '../../components/grid/ColumnsMenu.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { chosenColumns } from '../../components/grid/grid-column.ts'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { EmptyNote, MasterDetail } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { navigate, useRoute } from '../../route/use-route.ts'
import { CompareRuns } from './CompareRuns.tsx'
import { NewRun } from './NewRun.tsx'
import { RunDetail } from './RunDetail.tsx'
import { openNewRun, RunListBar } from './RunListBar.tsx'
import { runColumns } from './run-columns.tsx'
import { matches, SHELVES, shelfOf } from './run-filter.ts'
import { TrashRun } from './TrashRun.tsx'
import { curveStreams } from './use-curves.ts'
import { useMarked } from './use-marked.ts'

export function TrainingPage(): ReactNode {
  const { t, language } = useT()
  const { id, tab, params } = useRoute()
  const known = useApp(state => state.jobs)
  const datasets = useApp(state => state.datasets)
  const shelf = SHELVES.find(name => name === params.show) ?? 'current'
  const trash = useCall(
    shelf === 'trash' ? signal => client.jobs.list({ kind: 'train', trashed: true }, { signal }) : null,
    [shelf, known],
  )
  const jobs = useMemo(() => ({ ...byId(trash.data ?? []), ...known }), [trash.data, known])
  const marked = useMarked(jobs)
  const [removing, setRemoving] = useState<Job | null>(null)
  const [order, setOrder] = useUrlOrder('', { column: 'number', descending: true })
  const query = params.q ?? ''
  const rows = useMemo(
    () =>
      newestFirst(jobs).filter(
        job =>
          job.kind === 'train' && shelfOf(job) === shelf && matches(job, query, datasets[job.datasetId ?? '']?.name),
      ),
    [jobs, datasets, query, shelf],
  )
  const columns = useMemo(
    () => runColumns({ datasets, marked: marked.ids, onMark: marked.toggle, t, language }),
    [datasets, marked, t, language],
  )
  const chosen = useChosenColumns()
  const shown = useMemo(() => chosenColumns(columns, chosen), [columns, chosen])
  const selected = id ? jobs[id] : undefined
  const nextTab = id === 'new' || id === 'compare' ? null : tab

  const list = (
    <>
      <RunListBar
        query={query}
        shelf={shelf}
        columns={columns}
        shown={shown}
        comparable={id === 'compare' ? 0 : marked.jobs.length}
      />
      {trash.error && <ErrorCard error={trash.error} onRetry={trash.reload} />}
      <DataGrid
        label={t('page.training')}
        columns={shown}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={id}
        onSelect={job => navigate({ page: 'training', id: job.id, tab: nextTab, params })}
        onPress={job => job.id !== id && (nextTab ?? 'charts') === 'charts' && curveStreams.openAhead(job.id)}
        onMark={marked.toggle}
        onDelete={job => isEnded(job) && job.trashedAt === null && setRemoving(job)}
        empty={
          query || shelf !== 'current' ? (
            <EmptyNote
              title={t('common.nothingFound')}
              text={query ? t('common.nothingFoundText', { query }) : t(`training.shelf.${shelf}.empty`)}
            />
          ) : (
            <EmptyNote icon={<IconWaveSine size={28} />} title={t('training.empty')} text={t('training.emptyText')}>
              <Button leftSection={<IconPlus size={14} />} onClick={openNewRun} mt={8}>
                {t('training.new')}
              </Button>
            </EmptyNote>
          )
        }
      />
    </>
  )
  const detail =
    id === 'new' ? (
      <NewRun key={params.from} datasetId={params.dataset ?? null} from={jobs[params.from ?? '']?.train ?? null} />
    ) : id === 'compare' && marked.jobs.length > 0 ? (
      <CompareRuns jobs={marked.jobs} tab={tab} onUnmark={marked.toggle} />
    ) : selected ? (
      <RunDetail key={selected.id} job={selected} tab={tab} onRemove={() => setRemoving(selected)} />
    ) : null
  return (
    <>
      <MasterDetail list={list} detail={detail} />
      {removing && <TrashRun job={removing} onClose={() => setRemoving(null)} />}
    </>
  )
}
