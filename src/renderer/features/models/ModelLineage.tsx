import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Model, ModelCard } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Facts, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { formatBytes } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'

/** Where a model comes from, down to the bytes. */
export function ModelLineage({ model, card }: { model: Model; card: ModelCard }): ReactNode {
  const { t, language } = useT()
  const answer = useCall(signal => client.registry.lineage({ id: model.id }, { signal }), [model])
  if (answer.error) return <ErrorCard error={answer.error} onRetry={answer.reload} />
  if (!answer.data) return null
  const { dataset, run, predictions } = answer.data
  return (
    <>
      <Section title={t('lineage.madeFrom')}>
        <Facts
          items={[
            [
              t('training.data'),
              dataset.id ? (
                <Anchor key="data" href={hrefOf({ page: 'data', id: dataset.id })} fz="sm">
                  {dataset.name} v{dataset.version}
                </Anchor>
              ) : (
                card.dataset.name
              ),
            ],
            [t('lineage.dataHash'), <Mono key="hash" value={card.dataset.sha256} />],
            [
              t('training.run'),
              run ? (
                <Anchor key="run" href={hrefOf({ page: 'training', id: run.id })} fz="sm">
                  {run.name} #{run.number}
                </Anchor>
              ) : (
                t(model.origin === 'trained' ? 'lineage.runGone' : 'lineage.elsewhere')
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
      <Section title={t('lineage.predictions')}>
        {predictions.length === 0 ? (
          <p className="muted" style={{ margin: 0 }}>
            {t('lineage.noPredictions')}
          </p>
        ) : (
          <Facts
            items={predictions.map(({ jobId, fileName, state, createdAt }) => [
              <Anchor
                key="file"
                href={hrefOf({ page: 'predict', id: model.id, tab: 'file', params: { job: jobId } })}
                fz="sm"
              >
                {fileName}
              </Anchor>,
              <span key="state">
                {t(`state.${state}`)} · <Moment at={createdAt} />
              </span>,
            ])}
          />
        )}
      </Section>
      <Section title={t('lineage.files')}>
        <Facts
          items={[
            [card.files.model.name, `${formatBytes(card.files.model.sizeBytes, language)} · ONNX opset ${card.opset}`],
            ['SHA-256', <Mono key="model" value={card.files.model.sha256} />],
            [card.files.domain.name, formatBytes(card.files.domain.sizeBytes, language)],
            ['SHA-256', <Mono key="domain" value={card.files.domain.sha256} />],
            model.fingerprint ? [t('models.fingerprint'), <Mono key="fingerprint" value={model.fingerprint} />] : null,
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
