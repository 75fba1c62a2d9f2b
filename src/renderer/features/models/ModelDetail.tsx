import { ActionIcon, Button, Group, Tabs, Tooltip } from '@mantine/core'
import { IconDownload, IconTargetArrow, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { client, download } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { LeakageSection, ScramblingSection } from '../../components/EvaluationExtras.tsx'
import { DetailHead, EmptyNote, Scroll } from '../../components/Layout.tsx'
import { MetricsTable } from '../../components/MetricsTable.tsx'
import { RenameTitle } from '../../components/RenameTitle.tsx'
import { SimulatedBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, hrefOf, navigate } from '../../route/use-route.ts'
import { ModelCardText } from './ModelCardText.tsx'
import { ModelLineage } from './ModelLineage.tsx'

const TABS = ['card', 'evaluation', 'lineage'] as const

interface ModelDetailProps {
  model: Model
  tab: string | null
  onRemove(): void
}

export function ModelDetail({ model, tab, onRemove }: ModelDetailProps): ReactNode {
  const { t } = useT()
  const answer = useCall(signal => client.models.get({ id: model.id }, { signal }), [model.id])
  const card = answer.data?.card
  const current = TABS.find(name => name === tab) ?? 'card'
  const save = useAction(() => download({ what: 'model', id: model.id }))
  return (
    <>
      <DetailHead
        title={<RenameTitle name={model.name} onRename={name => client.models.rename({ id: model.id, name })} />}
        below={<Group gap={12}>{model.simulated && <SimulatedBadge />}</Group>}
        actions={
          <>
            <Button
              component="a"
              href={hrefOf({ page: 'predict', id: model.id })}
              leftSection={<IconTargetArrow size={14} />}
            >
              {t('models.predict')}
            </Button>
            <Tooltip label={t('models.download')}>
              <ActionIcon aria-label={t('models.download')} loading={save.busy} onClick={() => save.run()}>
                <IconDownload size={16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('common.delete')}>
              <ActionIcon aria-label={t('models.delete')} onClick={onRemove}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          </>
        }
        onClose={() => navigate({ ...currentRoute(), id: null, tab: null })}
      />
      {save.error && <ErrorCard error={save.error} />}
      <Tabs
        value={current}
        onChange={next => navigate({ ...currentRoute(), tab: next })}
        style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
      >
        <Tabs.List px={8}>
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`models.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={current} style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
          {answer.error && <ErrorCard error={answer.error} onRetry={answer.reload} />}
          {!card && !answer.error && <EmptyNote title={t('common.loading')} />}
          {card && (
            <Scroll label={t(`models.tab.${current}`)}>
              {current === 'card' && <ModelCardText card={card} />}
              {current === 'evaluation' && (
                <>
                  <MetricsTable metrics={card.metrics} baselines={card.baselines} />
                  {card.scrambling && <ScramblingSection scrambling={card.scrambling} />}
                  {card.leakage && <LeakageSection leakage={card.leakage} />}
                </>
              )}
              {current === 'lineage' && <ModelLineage model={model} card={card} />}
            </Scroll>
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
