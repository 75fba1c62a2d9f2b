import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AnyCard, Model } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Facts, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { formatBytes } from '../../format/quantities.ts'
import { type MessageKey, useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { fingerprintText } from './model-words.ts'

/** Where a model comes from, down to the bytes. */
export function ModelLineage({ model, card }: { model: Model; card: AnyCard }): ReactNode {
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
              dataset === null ? (
                t('lineage.dataUnknown')
              ) : dataset.id ? (
                <Anchor key="data" href={hrefOf({ page: 'data', id: dataset.id })} fz="sm">
                  {dataset.name} v{dataset.version}
                </Anchor>
              ) : (
                dataset.name
              ),
            ],
            dataset === null ? null : [t('lineage.dataHash'), <Mono key="hash" value={dataset.sha256} />],
            [
              t('training.run'),
              run ? (
                <Anchor key="run" href={hrefOf({ page: 'training', id: run.id })} fz="sm">
                  {run.name} #{run.number}
                </Anchor>
              ) : (
                t(RUN_ELSEWHERE[model.origin])
              ),
            ],
            ...(card.format === 'bindery-model-1'
              ? ([
                  [t('training.recipe'), t(`recipe.${card.recipe}.title`)],
                  [t('training.preset'), presetLabel(card.preset, t)],
                  [t('training.seed'), String(card.seed)],
                  [t('lineage.features'), <Mono key="features" value={card.featurePreset} />],
                ] as const)
              : ([
                  [t('lineage.features'), fingerprintText(card.input, t)],
                  [t('lineage.producer'), card.producer || t('foreignCard.somebody')],
                  [t('lineage.file'), card.fileName],
                ] as const)),
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
            [card.files.model.name, `${formatBytes(card.files.model.sizeBytes, language)} · ONNX ${opsetText(card)}`],
            ['SHA-256', <Mono key="model" value={card.files.model.sha256} />],
            ...(card.files.domain === undefined
              ? []
              : ([
                  [card.files.domain.name, formatBytes(card.files.domain.sizeBytes, language)],
                  ['SHA-256', <Mono key="domain" value={card.files.domain.sha256} />],
                ] as const)),
            model.fingerprint ? [t('models.fingerprint'), <Mono key="fingerprint" value={model.fingerprint} />] : null,
            [
              t(card.format === 'bindery-model-1' ? 'lineage.madeBy' : 'lineage.registeredBy'),
              `Bindery ${card.application.version} · ${card.application.runtime}`,
            ],
          ]}
        />
      </Section>
    </>
  )
}

const RUN_ELSEWHERE = {
  trained: 'lineage.runGone',
  passport: 'lineage.elsewhere',
  foreign: 'lineage.foreign',
} as const satisfies Record<Model['origin'], MessageKey>

function opsetText(card: AnyCard): string {
  if (card.format === 'bindery-model-1') return `opset ${card.opset}`
  return Object.entries(card.opsets)
    .map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
    .join(', ')
}

function Mono({ value }: { value: string }): ReactNode {
  return <span className="mono">{value}</span>
}
