import { Anchor, Button, CopyButton, Group, Progress } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { canCancel, isActive, isWaiting, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { FateStrip } from '../../components/charts/FateStrip.tsx'
import { Histogram } from '../../components/charts/Histogram.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { progressShare, progressText } from '../../components/job-progress.ts'
import { Facts, Scroll, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { concentrationOf, fixed, formatConcentration, formatPX, pXName } from '../../format/affinity.ts'
import { formatBytes, formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf, navigate } from '../../route/use-route.ts'
import { ChemicalMap } from './ChemicalMap.tsx'
import { ScaffoldSummary } from './ScaffoldSummary.tsx'
import { boundsText, replicatesText } from './summary-text.ts'

export function DatasetOverview({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { summary, histogram } = dataset
  const mean = summary?.meanPX ?? null
  return (
    <Scroll label={t('data.tab.overview')}>
      {dataset.state === 'importing' && <ImportProgress dataset={dataset} />}
      {dataset.error && <ErrorCard error={dataset.error} />}
      {histogram && (
        <Section title={t('data.distributionOf', { unit: pXName(dataset.endpoint) })}>
          <Histogram
            bins={histogram}
            unit={pXName(dataset.endpoint)}
            {...(dataset.state === 'ready' ? { onRange: (from, to) => showRange(dataset.id, from, to) } : {})}
          />
          {dataset.state === 'ready' && <span className="muted">{t('data.brushHint')}</span>}
        </Section>
      )}
      {dataset.rows.read > 0 && (
        <Section title={t('data.whatBecame')}>
          <FateStrip rows={dataset.rows} />
        </Section>
      )}
      <Section title={t('data.facts')}>
        <Facts
          items={[
            summary && [t('data.compounds'), formatCount(summary.structures, language)],
            [t('data.endpoint'), t(`endpoint.${dataset.endpoint}`)],
            dataset.target ? [t('data.target'), dataset.target] : null,
            mean === null
              ? null
              : [
                  t('data.mean'),
                  `${formatPX(mean)} ${pXName(dataset.endpoint)} (${formatConcentration(concentrationOf(mean), 2)})`,
                ],
            histogram && [t('data.range'), `${formatPX(histogram.min)} – ${formatPX(histogram.max)}`],
            boundsText(summary, t) === '' ? null : [t('data.bounds'), boundsText(summary, t)],
            replicatesText(summary, t) === '' ? null : [t('data.replicates'), replicatesText(summary, t)],
            dataset.state === 'ready' ? [t('data.noise'), <Noise key="noise" dataset={dataset} />] : null,
            dataset.splitValues.length > 0 ? [t('data.splitColumn'), dataset.splitValues.join(', ')] : null,
            [t('data.file'), `${dataset.fileName} (${formatBytes(dataset.sizeBytes, language)})`],
            dataset.sha256 ? ['SHA-256', <Hash key="hash" value={dataset.sha256} />] : null,
            [t('common.created'), <Moment key="created" at={dataset.createdAt} />],
          ]}
        />
      </Section>
      {dataset.state === 'ready' && (
        <>
          <Section title={t('scaffolds.title')}>
            <ScaffoldSummary key={dataset.id} dataset={dataset} />
          </Section>
          <Section title={t('map.title')}>
            <ChemicalMap key={dataset.id} dataset={dataset} />
          </Section>
        </>
      )}
      <UsedBy dataset={dataset} />
    </Scroll>
  )
}

/** Ends to two decimals, outwards: the bars at the ends stay whole. */
function showRange(id: string, from: number, to: number): void {
  const rmin = String(Math.floor(from * 100) / 100)
  const rmax = String(Math.ceil(to * 100) / 100)
  navigate({ page: 'data', id, tab: 'rows', params: { rmin, rmax } })
}

/** How far repeated measurements of one compound lie apart. */
function Noise({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  const { data } = useCall(signal => client.explore.noise({ id: dataset.id }, { signal }), [dataset.id])
  if (!data) return '…'
  if (data.sd === null) return t('data.noise.unknown')
  return t('data.noise.known', { sd: fixed(data.sd, 2), count: data.groups })
}

function Hash({ value }: { value: string }): ReactNode {
  const { t } = useT()
  return (
    <Group gap={6} wrap="nowrap">
      <span className="mono truncate" title={value}>
        {value.slice(0, 16)}…
      </span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Anchor component="button" type="button" fz="xs" onClick={copy}>
            {copied ? t('common.copied') : t('common.copy')}
          </Anchor>
        )}
      </CopyButton>
    </Group>
  )
}

function ImportProgress({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const job = useApp(state =>
    Object.values(state.jobs).find(
      each => each.kind === 'import' && each.datasetId === dataset.id && (isActive(each) || isWaiting(each)),
    ),
  )
  const cancel = useAction(async (id: string) => client.jobs.cancel({ id }))
  if (!job) return null
  return (
    <Section title={progressText(job, t, language)}>
      <Group gap={12} wrap="nowrap">
        <Progress
          value={(progressShare(job) ?? 1) * 100}
          animated={progressShare(job) === null}
          style={{ flex: 1 }}
          aria-label={t('data.importProgress')}
        />
        {canCancel(job) && (
          <Button variant="default" loading={cancel.busy} onClick={() => cancel.run(job.id)}>
            {t('common.cancel')}
          </Button>
        )}
      </Group>
      {cancel.error && <ErrorCard error={cancel.error} />}
    </Section>
  )
}

function UsedBy({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  const models = useApp(state => state.models)
  const dependants = newestFirst(models).filter(model => model.datasetId === dataset.id)
  if (dependants.length === 0) return null
  return (
    <Section title={t('data.usedBy')}>
      <Group gap={12}>
        {dependants.map(model => (
          <Anchor key={model.id} href={hrefOf({ page: 'models', id: model.id })} fz="sm">
            {model.name}
          </Anchor>
        ))}
      </Group>
    </Section>
  )
}
