import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconDatabase, IconFlask, IconPlus, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { chooseImport } from '../../api/import-queue.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { InterruptedImports } from '../../components/InterruptedImports.tsx'
import { Bar, EmptyNote, Grow, MasterDetail } from '../../components/Layout.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { useT } from '../../i18n/translate.ts'
import { navigate, setParams, useRoute } from '../../route/use-route.ts'
import { DatasetDetail } from './DatasetDetail.tsx'
import { datasetColumns } from './dataset-columns.tsx'
import { familiesOf, newestVersion } from './families.ts'
import { useRemoveDataset } from './RemoveDataset.tsx'
import { ROW_PARAMS } from './row-filter.ts'
import { TrashView } from './TrashView.tsx'

export function DataPage(): ReactNode {
  const { t, language } = useT()
  const { id, tab, params } = useRoute()
  const datasets = useApp(state => state.datasets)
  const { remove, refusal } = useRemoveDataset()
  const [order, setOrder] = useUrlOrder('', { column: 'created', descending: true })
  const query = params.q ?? ''
  const rows = useMemo(
    () =>
      familiesOf(datasets)
        .filter(dataset => matches(dataset, query))
        .sort((a, b) => b.createdAt - a.createdAt),
    [datasets, query],
  )
  const columns = useMemo(() => datasetColumns(t, language), [t, language])
  const selected = id ? datasets[id] : undefined
  const example = useAction(async () => {
    const { datasetId } = await client.datasets.importExample()
    navigate({ page: 'data', id: datasetId })
  })

  const list =
    params.view === 'trash' ? (
      <TrashView />
    ) : (
      <>
        <Bar>
          <SearchField label={t('data.filter')} value={query} onChange={text => setParams({ q: text })} w={200} />
          <Grow />
          <Tooltip label={t('trash.title')}>
            <ActionIcon aria-label={t('trash.title')} onClick={() => setParams({ view: 'trash' }, false)}>
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
          <Button leftSection={<IconPlus size={14} />} onClick={chooseImport}>
            {t('data.import')}
          </Button>
        </Bar>
        {example.error && <ErrorCard error={example.error} />}
        <InterruptedImports />
        <DataGrid
          label={t('page.data')}
          columns={columns}
          rows={rows}
          order={order}
          onOrder={setOrder}
          selectedId={selected ? newestVersion(datasets, selected).id : id}
          onSelect={dataset => navigate({ page: 'data', id: dataset.id, tab, params: listParams(params) })}
          onDelete={remove}
          empty={
            query ? (
              <EmptyNote title={t('common.nothingFound')} text={t('common.nothingFoundText', { query })} />
            ) : (
              <EmptyNote icon={<IconDatabase size={28} />} title={t('data.empty')} text={t('data.emptyText')}>
                <Button leftSection={<IconPlus size={14} />} onClick={chooseImport} mt={8}>
                  {t('data.import')}
                </Button>
                <Button
                  variant="subtle"
                  leftSection={<IconFlask size={14} />}
                  loading={example.busy}
                  onClick={() => example.run()}
                >
                  {t('home.tryExample')}
                </Button>
              </EmptyNote>
            )
          }
        />
      </>
    )
  return (
    <>
      <MasterDetail
        list={list}
        detail={
          selected ? (
            <DatasetDetail key={selected.id} dataset={selected} tab={tab} onRemove={() => remove(selected)} />
          ) : null
        }
      />
      {refusal}
    </>
  )
}

function matches(dataset: Dataset, query: string): boolean {
  const text = `${dataset.name} ${dataset.fileName} ${dataset.endpoint} ${dataset.target ?? ''}`.toLowerCase()
  return text.includes(query.trim().toLowerCase())
}

/** Filters of the rows belong to the data set that they were made for. */
function listParams(params: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set<string>([...ROW_PARAMS, 'rsort', 'rdesc', 'split', 'seed', 'fold'])
  return Object.fromEntries(Object.entries(params).filter(([name]) => !own.has(name)))
}
