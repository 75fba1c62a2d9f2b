import { Button, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconWaveSine } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { isEnded, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { jobTitle } from '../../components/job-progress.ts'
import { Bar, EmptyNote, Grow, MasterDetail } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate, setParams, useRoute } from '../../route/use-route.ts'
import { NewRun } from './NewRun.tsx'
import { RunDetail } from './RunDetail.tsx'
import { runColumns } from './run-columns.tsx'

export function TrainingPage(): ReactNode {
  const { t, language } = useT()
  const { id, tab, params } = useRoute()
  const jobs = useApp(state => state.jobs)
  const datasets = useApp(state => state.datasets)
  const [removing, setRemoving] = useState<Job | null>(null)
  const [order, setOrder] = useUrlOrder('', { column: 'number', descending: true })
  const query = params.q ?? ''
  const rows = useMemo(() => {
    const wanted = query.trim().toLowerCase()
    const text = (job: Job): string =>
      `${jobTitle(job)} ${datasets[job.datasetId ?? '']?.name ?? ''} ${job.state} ${job.train?.preset ?? ''}`
    return newestFirst(jobs).filter(job => job.kind === 'train' && text(job).toLowerCase().includes(wanted))
  }, [jobs, datasets, query])
  const columns = useMemo(() => runColumns({ datasets, t, language }), [datasets, t, language])
  const selected = id ? jobs[id] : undefined
  const openNew = (): void => navigate({ page: 'training', id: 'new' })

  const list = (
    <>
      <Bar>
        <TextInput
          aria-label={t('training.filter')}
          placeholder={t('training.filter')}
          leftSection={<IconSearch size={14} />}
          value={query}
          onChange={event => setParams({ q: event.currentTarget.value })}
          w={200}
        />
        <Grow />
        <Button leftSection={<IconPlus size={14} />} onClick={openNew}>
          {t('training.new')}
        </Button>
      </Bar>
      <DataGrid
        label={t('page.training')}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={id}
        onSelect={job => navigate({ page: 'training', id: job.id, tab: id === 'new' ? null : tab, params })}
        onDelete={job => isEnded(job) && setRemoving(job)}
        empty={
          query ? (
            <EmptyNote title={t('common.nothingFound')} text={t('common.nothingFoundText', { query })} />
          ) : (
            <EmptyNote icon={<IconWaveSine size={28} />} title={t('training.empty')} text={t('training.emptyText')}>
              <Button leftSection={<IconPlus size={14} />} onClick={openNew} mt={8}>
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
      <NewRun datasetId={params.dataset ?? null} />
    ) : selected ? (
      <RunDetail key={selected.id} job={selected} tab={tab} onRemove={() => setRemoving(selected)} />
    ) : null
  return (
    <>
      <MasterDetail list={list} detail={detail} />
      {removing && (
        <ConfirmDialog
          title={t('training.remove.title', { name: jobTitle(removing) })}
          confirm={t('common.delete')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await client.jobs.remove({ id: removing.id })
            if (currentRoute().id === removing.id) navigate({ page: 'training' })
          }}
        >
          {t('training.remove.lost')}
        </ConfirmDialog>
      )}
    </>
  )
}
