import { ActionIcon, Anchor, Button, Group, Tabs, Tooltip } from '@mantine/core'
import { IconTrash, IconWaveSine } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { DetailHead } from '../../components/Layout.tsx'
import { RenameTitle } from '../../components/RenameTitle.tsx'
import { DatasetStateBadge, SimulatedBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, hrefOf, navigate } from '../../route/use-route.ts'
import { DatasetLedger } from './DatasetLedger.tsx'
import { DatasetOverview } from './DatasetOverview.tsx'
import { DatasetRows } from './DatasetRows.tsx'
import { DatasetSplits } from './DatasetSplits.tsx'
import { DatasetVersions } from './DatasetVersions.tsx'
import { newestVersion } from './families.ts'

const TABS = ['overview', 'rows', 'ledger', 'splits', 'versions'] as const

interface DatasetDetailProps {
  dataset: Dataset
  tab: string | null
  onRemove(): void
}

export function DatasetDetail({ dataset, tab, onRemove }: DatasetDetailProps): ReactNode {
  const { t } = useT()
  const current = TABS.find(name => name === tab) ?? 'overview'
  const ready = dataset.state === 'ready'
  return (
    <>
      <DetailHead
        title={<RenameTitle name={dataset.name} onRename={name => client.datasets.rename({ id: dataset.id, name })} />}
        below={
          <Group gap={12}>
            <DatasetStateBadge state={dataset.state} />
            {dataset.kind === 'simulated' && <SimulatedBadge />}
            <VersionNote dataset={dataset} />
          </Group>
        }
        actions={
          <>
            <Button
              leftSection={<IconWaveSine size={14} />}
              disabled={!ready}
              onClick={() => navigate({ page: 'training', id: 'new', params: { dataset: dataset.id } })}
            >
              {t('data.train')}
            </Button>
            <Tooltip label={t('common.delete')}>
              <ActionIcon aria-label={t('data.delete')} onClick={onRemove}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          </>
        }
        onClose={() => navigate({ ...currentRoute(), id: null, tab: null })}
      />
      <Tabs
        value={current}
        onChange={next => navigate({ ...currentRoute(), tab: next })}
        style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
      >
        <Tabs.List px={8}>
          <Tabs.Tab value="overview">{t('data.tab.overview')}</Tabs.Tab>
          <Tabs.Tab value="rows" disabled={!ready}>
            {t('data.tab.rows')}
          </Tabs.Tab>
          <Tabs.Tab value="ledger">{t('data.tab.ledger')}</Tabs.Tab>
          <Tabs.Tab value="splits" disabled={!ready}>
            {t('data.tab.splits')}
          </Tabs.Tab>
          <Tabs.Tab value="versions">{t('data.tab.versions')}</Tabs.Tab>
        </Tabs.List>
        {TABS.map(name => (
          <Tabs.Panel
            key={name}
            value={name}
            style={{ flex: 1, minHeight: 0, display: name === current ? 'flex' : 'none', flexDirection: 'column' }}
          >
            {name === 'overview' && <DatasetOverview dataset={dataset} />}
            {name === 'rows' && ready && <DatasetRows dataset={dataset} />}
            {name === 'ledger' && <DatasetLedger dataset={dataset} />}
            {name === 'splits' && ready && <DatasetSplits dataset={dataset} />}
            {name === 'versions' && <DatasetVersions dataset={dataset} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}

/** Which version this is; where there is a newer one, a way to it. */
function VersionNote({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  const newest = useApp(state => newestVersion(state.datasets, dataset))
  if (newest.version === 1) return null
  if (newest.id === dataset.id)
    return <span className="muted">{t('versions.version', { version: dataset.version })}</span>
  return (
    <span className="muted">
      {t('versions.version', { version: dataset.version })},{' '}
      <Anchor fz="xs" href={hrefOf({ ...currentRoute(), id: newest.id })}>
        {t('versions.newest', { version: newest.version })}
      </Anchor>
    </span>
  )
}
