import { Button, Group } from '@mantine/core'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { formatBytes, formatCount } from '../../format/quantities.ts'
import { type Language, type Translate, useT } from '../../i18n/translate.ts'
import { setParams } from '../../route/use-route.ts'

interface TrashRow extends Dataset {
  bytes: number
}

/** Deleted data sets: back with one click, or gone for good. */
export function TrashView(): ReactNode {
  const { t, language } = useT()
  const present = useApp(state => Object.keys(state.datasets).length)
  const { data, error, reload } = useCall(signal => client.versions.trash(undefined, { signal }), [present])
  const rows = useMemo(() => (data ?? []).map(({ dataset, bytes }): TrashRow => ({ ...dataset, bytes })), [data])
  const [order, setOrder] = useState({ column: 'deleted', descending: true })
  const [chosen, setChosen] = useState<string | null>(null)
  const [purging, setPurging] = useState<TrashRow[] | null>(null)
  const selected = rows.find(row => row.id === chosen)
  const restore = useAction(async (ids: string[]) => {
    await client.versions.restore({ ids })
    reload()
  })
  const columns = useMemo(() => trashColumns(t, language), [t, language])
  return (
    <>
      <Bar>
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          disabled={!selected}
          loading={restore.busy}
          onClick={() => selected && restore.run([selected.id])}
        >
          {t('trash.restore')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={rows.length === 0}
          onClick={() => setPurging(selected ? [selected] : rows)}
        >
          {t(selected ? 'trash.purge' : 'trash.empty')}
        </Button>
        <Grow />
        <Button variant="subtle" onClick={() => setParams({ view: '' }, false)}>
          {t('trash.leave')}
        </Button>
      </Bar>
      {(error ?? restore.error) && <ErrorCard error={(error ?? restore.error)!} />}
      <DataGrid
        label={t('trash.title')}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={setOrder}
        selectedId={chosen}
        onSelect={row => setChosen(row.id)}
        onDelete={row => setPurging([row])}
        empty={<EmptyNote icon={<IconTrash size={28} />} title={t('trash.nothing')} text={t('trash.nothingText')} />}
      />
      {purging && (
        <ConfirmDialog
          title={t('trash.purge.title', { count: purging.length })}
          confirm={t('trash.purge')}
          onClose={() => setPurging(null)}
          onConfirm={async () => {
            await client.versions.purge({ ids: purging.map(row => row.id) })
            setChosen(null)
            reload()
          }}
        >
          <Group>
            {t('trash.purge.lost', {
              size: formatBytes(
                purging.reduce((sum, row) => sum + row.bytes, 0),
                language,
              ),
            })}
          </Group>
        </ConfirmDialog>
      )}
    </>
  )
}

function trashColumns(t: Translate, language: Language): GridColumn<TrashRow>[] {
  return [
    {
      id: 'name',
      header: t('common.name'),
      width: 'minmax(150px, 2fr)',
      sortValue: row => row.name,
      cell: row => row.name,
    },
    {
      id: 'version',
      header: t('data.version'),
      width: '84px',
      align: 'end',
      sortValue: row => row.version,
      cell: row => row.version,
    },
    {
      id: 'structures',
      header: t('data.compounds'),
      width: '96px',
      align: 'end',
      sortValue: row => row.summary?.structures ?? null,
      cell: row => (row.summary ? formatCount(row.summary.structures, language) : '–'),
    },
    {
      id: 'size',
      header: t('trash.size'),
      width: '96px',
      align: 'end',
      sortValue: row => row.bytes,
      cell: row => formatBytes(row.bytes, language),
    },
    {
      id: 'deleted',
      header: t('trash.deleted'),
      width: '132px',
      sortValue: row => row.trashedAt,
      cell: row => (
        <span className="muted">
          <Moment at={row.trashedAt ?? 0} />
        </span>
      ),
    },
  ]
}
