import { Button, TextInput } from '@mantine/core'
import { IconSearch, IconTopologyStar3 } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, MasterDetail } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, hrefOf, navigate, setParams, useRoute } from '../../route/use-route.ts'
import { ModelDetail } from './ModelDetail.tsx'
import { modelColumns } from './model-columns.tsx'

export function ModelsPage(): ReactNode {
  const { t, language } = useT()
  const { id, tab, params } = useRoute()
  const models = useApp(state => state.models)
  const datasets = useApp(state => state.datasets)
  const [removing, setRemoving] = useState<Model | null>(null)
  const [order, setOrder] = useUrlOrder('', { column: 'created', descending: true })
  const query = params.q ?? ''
  const rows = useMemo(() => {
    const wanted = query.trim().toLowerCase()
    const text = (model: Model): string =>
      `${model.name} ${model.endpoint} ${model.target ?? ''} ${datasets[model.datasetId]?.name ?? ''}`
    return newestFirst(models).filter(model => text(model).toLowerCase().includes(wanted))
  }, [models, datasets, query])
  const columns = useMemo(() => modelColumns({ datasets, t, language }), [datasets, t, language])
  const selected = id ? models[id] : undefined

  const list = (
    <>
      <Bar>
        <TextInput
          aria-label={t('models.filter')}
          placeholder={t('models.filter')}
          leftSection={<IconSearch size={14} />}
          value={query}
          onChange={event => setParams({ q: event.currentTarget.value })}
          w={200}
        />
      </Bar>
      <DataGrid
        label={t('page.models')}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={id}
        onSelect={model => navigate({ page: 'models', id: model.id, tab, params })}
        onDelete={setRemoving}
        empty={
          query ? (
            <EmptyNote title={t('common.nothingFound')} text={t('common.nothingFoundText', { query })} />
          ) : (
            <EmptyNote icon={<IconTopologyStar3 size={28} />} title={t('models.empty')} text={t('models.emptyText')}>
              <Button component="a" href={hrefOf({ page: 'training', id: 'new' })} mt={8}>
                {t('training.new')}
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
            <ModelDetail key={selected.id} model={selected} tab={tab} onRemove={() => setRemoving(selected)} />
          ) : null
        }
      />
      {removing && (
        <ConfirmDialog
          title={t('models.remove.title', { name: removing.name })}
          confirm={t('common.delete')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await client.models.remove({ id: removing.id })
            if (currentRoute().id === removing.id) navigate({ page: 'models' })
          }}
        >
          {t('models.remove.lost')}
        </ConfirmDialog>
      )}
    </>
  )
}
