import { ActionIcon, Button, Checkbox, Menu, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileImport, IconTopologyStar3, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useModelIntake } from '../../api/model-intake.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, Grow, MasterDetail } from '../../components/Layout.tsx'
import { notifyError } from '../../components/notify-error.ts'
import { SearchField } from '../../components/SearchField.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, hrefOf, navigate, setParams, useRoute } from '../../route/use-route.ts'
import { ModelDetail } from './ModelDetail.tsx'
import { ModelTrash } from './ModelTrash.tsx'
import { modelColumns } from './model-columns.tsx'
import { versionName } from './model-words.ts'

export function ModelsPage(): ReactNode {
  const { t, language } = useT()
  const { id, tab, params } = useRoute()
  const models = useApp(state => state.models)
  const datasets = useApp(state => state.datasets)
  const [removing, setRemoving] = useState<Model | null>(null)
  const ask = useModelIntake(state => state.ask)
  const [dialog, setDialog] = useState<'trash' | null>(null)
  const [order, setOrder] = useUrlOrder('', { column: 'created', descending: true })
  const query = params.q ?? ''
  const withArchived = params.archived === '1'
  const rows = useMemo(() => {
    const wanted = query.trim().toLowerCase()
    const text = (model: Model): string =>
      `${model.name} ${model.endpoint} ${model.target ?? ''} ${(model.datasetId && datasets[model.datasetId]?.name) ?? ''}`
    return newestFirst(models)
      .filter(({ state, id: own }) => withArchived || state !== 'archived' || own === id)
      .filter(model => text(model).toLowerCase().includes(wanted))
  }, [models, datasets, query, withArchived, id])
  const columns = useMemo(() => modelColumns({ datasets, t, language }), [datasets, t, language])
  const selected = id ? models[id] : undefined

  function offerUndo(model: Model): void {
    const shown = notifications.show({
      message: (
        <>
          {t('models.removed', { name: versionName(model) })}{' '}
          <Button
            size="compact-xs"
            variant="light"
            onClick={() => {
              notifications.hide(shown)
              client.registry.restore({ id: model.id }).catch((error: unknown) => notifyError(error, t))
            }}
          >
            {t('common.undo')}
          </Button>
        </>
      ),
      autoClose: 15_000,
    })
  }

  const list = (
    <>
      <Bar>
        <SearchField label={t('models.filter')} value={query} onChange={text => setParams({ q: text })} w={200} />
        <Checkbox
          label={t('models.showArchived')}
          checked={withArchived}
          onChange={event => setParams({ archived: event.currentTarget.checked ? '1' : '' })}
        />
        <Grow />
        <Tooltip label={t('models.trash')}>
          <ActionIcon aria-label={t('models.trash')} onClick={() => setDialog('trash')}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" leftSection={<IconFileImport size={14} />}>
              {t('models.import')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => ask('passport')}>{t('models.import.passport')}</Menu.Item>
            <Menu.Item onClick={() => ask('foreign')}>{t('models.import.foreign')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
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
              <Button variant="subtle" onClick={() => ask('passport')}>
                {t('models.import.passport')}
              </Button>
              <Button variant="subtle" onClick={() => ask('foreign')}>
                {t('models.import.foreign')}
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
          title={t('models.remove.title', { name: versionName(removing) })}
          confirm={t('common.delete')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await client.models.remove({ id: removing.id })
            if (currentRoute().id === removing.id) navigate({ page: 'models' })
            offerUndo(removing)
          }}
        >
          {t('models.remove.lost')}
        </ConfirmDialog>
      )}
      {dialog === 'trash' && <ModelTrash onClose={() => setDialog(null)} />}
    </>
  )
}
