import { Button, Group, Tabs } from '@mantine/core'
import { IconDownload, IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Model, ModelCard } from '../../../shared/contract/models.ts'
import { client, download } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { LeakageSection, ScramblingSection } from '../../components/EvaluationExtras.tsx'
import { EvaluationViews } from '../../components/evaluation/EvaluationViews.tsx'
import { LearningCurveView } from '../../components/evaluation/LearningCurveView.tsx'
import { DetailHead, EmptyNote, Scroll } from '../../components/Layout.tsx'
import { MetricsTable } from '../../components/MetricsTable.tsx'
import { RenameTitle } from '../../components/RenameTitle.tsx'
import { SimulatedBadge } from '../../components/StateBadge.tsx'
import { pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, hrefOf, navigate } from '../../route/use-route.ts'
import { DescribeModel } from './DescribeModel.tsx'
import { ForeignCardText } from './ForeignCardText.tsx'
import { ForeignEvaluation } from './ForeignEvaluation.tsx'
import { ModelCardText } from './ModelCardText.tsx'
import { ModelLineage } from './ModelLineage.tsx'
import { ModelLog } from './ModelLog.tsx'
import { ModelMenu } from './ModelMenu.tsx'
import { ModelStateBadge, VersionBadge } from './ModelStateBadge.tsx'
import { ModelVersions } from './ModelVersions.tsx'
import { versionName } from './model-words.ts'

const TABS = ['card', 'evaluation', 'versions', 'lineage', 'log'] as const

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
  const act = useAction((work: () => Promise<unknown>) => work())
  const [describing, setDescribing] = useState(false)
  return (
    <>
      <DetailHead
        title={<RenameTitle name={model.name} onRename={name => client.models.rename({ id: model.id, name })} />}
        below={
          <Group gap={12}>
            <VersionBadge model={model} />
            <ModelStateBadge state={model.state} />
            {model.simulated && <SimulatedBadge />}
          </Group>
        }
        actions={
          <>
            <Button
              component="a"
              href={hrefOf({ page: 'predict', id: model.id })}
              leftSection={<IconTargetArrow size={14} />}
            >
              {t('models.predict')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={14} />}
              loading={save.busy}
              onClick={() => save.run()}
            >
              {t(model.origin === 'foreign' ? 'foreign.export' : 'models.export')}
            </Button>
            <ModelMenu
              model={model}
              busy={act.busy}
              run={act.run}
              onDescribe={() => setDescribing(true)}
              onRemove={onRemove}
            />
          </>
        }
        onClose={() => navigate({ ...currentRoute(), id: null, tab: null })}
      />
      {save.error && <ErrorCard error={save.error} />}
      {act.error && <ErrorCard error={act.error} />}
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
              {current === 'card' &&
                (card.format === 'bindery-foreign-1' ? (
                  <ForeignCardText model={model} card={card} />
                ) : (
                  <ModelCardText model={model} card={card} />
                ))}
              {current === 'evaluation' &&
                (card.format === 'bindery-foreign-1' ? (
                  <ForeignEvaluation model={model} card={card} />
                ) : (
                  <TrainedEvaluation model={model} card={card} />
                ))}
              {current === 'versions' && <ModelVersions model={model} />}
              {current === 'lineage' && <ModelLineage model={model} card={card} />}
              {current === 'log' && <ModelLog model={model} />}
            </Scroll>
          )}
        </Tabs.Panel>
      </Tabs>
      {describing && <DescribeModel model={model} onClose={() => setDescribing(false)} />}
    </>
  )
}

function TrainedEvaluation({ model, card }: { model: Model; card: ModelCard }): ReactNode {
  return (
    <>
      <MetricsTable metrics={card.metrics} baselines={card.baselines} />
      {card.scrambling && <ScramblingSection scrambling={card.scrambling} />}
      {card.leakage && <LeakageSection leakage={card.leakage} />}
      <EvaluationViews modelId={model.id} unit={pXName(card.endpoint)} fileName={versionName(model)} />
      {card.refitOf === undefined && card.files.holdout !== undefined && (
        <LearningCurveView key={model.id} modelId={model.id} fileName={versionName(model)} />
      )}
    </>
  )
}
