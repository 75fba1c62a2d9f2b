import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Model, ModelCard } from '../../../shared/contract/models.ts'
import { useApp } from '../../api/app-store.ts'
import { jobTitle } from '../../components/job-progress.ts'
import { Facts, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { formatBytes } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'

/** Where a model comes from, down to the bytes. */
export function ModelLineage({ model, card }: { model: Model; card: ModelCard }): ReactNode {
  const { t, language } = useT()
  const job = useApp(state => state.jobs[model.jobId])
  const dataset = useApp(state => state.datasets[model.datasetId])
  return (
    <>
      <Section title={t('lineage.madeFrom')}>
        <Facts
          items={[
            [
              t('training.data'),
              dataset ? (
                <Anchor key="data" href={hrefOf({ page: 'data', id: dataset.id })} fz="sm">
                  {dataset.name}
                </Anchor>
              ) : (
                card.dataset.name
              ),
            ],
            [t('lineage.dataHash'), <Mono key="hash" value={card.dataset.sha256} />],
            [
              t('training.run'),
              job ? (
                <Anchor key="run" href={hrefOf({ page: 'training', id: job.id })} fz="sm">
                  {jobTitle(job)}
                </Anchor>
              ) : (
                t('lineage.runGone')
              ),
            ],
            [t('training.recipe'), t(`recipe.${card.recipe}.title`)],
            [t('training.preset'), presetLabel(card.preset, t)],
            [t('training.seed'), String(card.seed)],
            [t('lineage.features'), <Mono key="features" value={card.featurePreset} />],
            [t('common.created'), <Moment key="created" at={card.createdAt} />],
          ]}
        />
      </Section>
      <Section title={t('lineage.files')}>
        <Facts
          items={[
            [card.files.model.name, `${formatBytes(card.files.model.sizeBytes, language)} · ONNX opset ${card.opset}`],
            ['SHA-256', <Mono key="model" value={card.files.model.sha256} />],
            [card.files.domain.name, formatBytes(card.files.domain.sizeBytes, language)],
            ['SHA-256', <Mono key="domain" value={card.files.domain.sha256} />],
            [t('lineage.madeBy'), `Bindery ${card.application.version} · ${card.application.runtime}`],
          ]}
        />
      </Section>
    </>
  )
}

function Mono({ value }: { value: string }): ReactNode {
  return <span className="mono">{value}</span>
}
