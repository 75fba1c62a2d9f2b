import { Anchor, Button, Group, NativeSelect, Tooltip } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { DiffEntry, DiffSide, Lineage } from '../../../shared/contract/versions.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Scroll, ScrollRegion, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { boundOfPX, formatPX, pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import classes from './explore.module.css'

type Version = Lineage['versions'][number]

/** Every version with what was made of it, and what this one has that another has not. */
export function DatasetVersions({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  // Anything that may have been added to the lineage.
  const counts = useApp(state => [state.datasets, state.models, state.jobs].map(all => Object.keys(all).length).join())
  const { data, error } = useCall(
    signal => client.versions.lineage({ id: dataset.id }, { signal }),
    [dataset.id, counts, dataset.usedBy],
  )
  return (
    <Scroll label={t('data.tab.versions')}>
      {error && <ErrorCard error={error} />}
      {data && data.versions.length > 1 && <Difference dataset={dataset} versions={data.versions} />}
      {data && (
        <Section title={t('versions.lineage')}>
          <ol className={classes.versions}>
            {data.versions.toReversed().map(version => (
              <VersionItem key={version.dataset.id} version={version} current={version.dataset.id === dataset.id} />
            ))}
          </ol>
          {data.versions.length === 1 && <span className="muted">{t('versions.onlyOne')}</span>}
        </Section>
      )}
    </Scroll>
  )
}

function VersionItem({ version, current }: { version: Version; current: boolean }): ReactNode {
  const { t, language } = useT()
  const { dataset, runs, models } = version
  const name = t('versions.version', { version: dataset.version })
  return (
    <li className={classes.version} aria-current={current}>
      <Group gap={12}>
        {current || dataset.trashedAt !== null ? (
          <strong>{name}</strong>
        ) : (
          <Anchor href={hrefOf({ page: 'data', id: dataset.id, tab: 'versions' })}>{name}</Anchor>
        )}
        <span>{t('data.rowCount', countOf(dataset.summary?.structures ?? 0, language))}</span>
        <span className="muted">
          <Moment at={dataset.createdAt} />
        </span>
        {dataset.trashedAt !== null && <span className="muted">{t('versions.inTrash')}</span>}
      </Group>
      <div>{changeText(dataset, t, language)}</div>
      {runs.length + models.length > 0 && (
        <ul className={classes.made}>
          {runs.map(run => (
            <li key={run.id}>
              <Anchor href={hrefOf({ page: 'training', id: run.id })} fz="xs">
                {run.recipe} #{run.number}
              </Anchor>{' '}
              <span className="muted">
                {t(`state.${run.state}`)}
                {run.testRmse !== null && `, RMSE ${run.testRmse.toFixed(2)}`}
              </span>
              <ModelsOf models={models.filter(model => model.jobId === run.id)} />
            </li>
          ))}
          {models.some(model => !runs.some(run => run.id === model.jobId)) && (
            <li>
              <ModelsOf models={models.filter(model => !runs.some(run => run.id === model.jobId))} />
            </li>
          )}
        </ul>
      )}
    </li>
  )
}

function ModelsOf({ models }: { models: Version['models'] }): ReactNode {
  const { t } = useT()
  return models.map(model => (
    <span key={model.id}>
      {' → '}
      <Anchor href={hrefOf({ page: 'models', id: model.id })} fz="xs">
        {model.name}
      </Anchor>
      {model.predictions.length > 0 && (
        <Tooltip label={model.predictions.map(prediction => prediction.fileName).join(', ')}>
          <span className="muted">
            {' → '}
            {t('versions.predictions', { count: model.predictions.length })}
          </span>
        </Tooltip>
      )}
    </span>
  ))
}

function changeText(
  { edit, parentId, version, fileName }: Dataset,
  t: ReturnType<typeof useT>['t'],
  language: string,
): string {
  if (edit === null)
    return t(version === 1 || parentId === null ? 'versions.imported' : 'versions.reimported', { file: fileName })
  const parts = [
    edit.dropped > 0 ? t('versions.dropped', countOf(edit.dropped, language)) : null,
    edit.changed > 0 ? t('versions.changed', countOf(edit.changed, language)) : null,
  ].filter(part => part !== null)
  return `${parts.join(', ')}: ${edit.note}`
}

function countOf(count: number, language: string): { count: number; shown: string } {
  return { count, shown: formatCount(count, language) }
}

const STEP = 100

function Difference({ dataset, versions }: { dataset: Dataset; versions: Version[] }): ReactNode {
  const { t, language } = useT()
  const others = versions
    .map(version => version.dataset)
    .filter(each => each.id !== dataset.id && each.state === 'ready')
  const [chosen, setChosen] = useState<string | null>(null)
  const [limit, setLimit] = useState(STEP)
  const from = others.find(each => each.id === (chosen ?? dataset.parentId)) ?? others.at(-1)
  const { data, error } = useCall(
    from ? signal => client.versions.diff({ id: dataset.id, from: from.id, limit }, { signal }) : null,
    [dataset.id, from?.id, limit],
  )
  if (!from) return null
  const total = data ? data.added + data.removed + data.changed : 0
  return (
    <Section title={t('versions.difference', { version: dataset.version })}>
      <Group gap={12}>
        <NativeSelect
          aria-label={t('versions.against')}
          value={from.id}
          onChange={event => setChosen(event.currentTarget.value)}
          data={others.map(each => ({
            value: each.id,
            label: t('versions.againstVersion', { version: each.version }),
          }))}
        />
        {data && (
          <span aria-live="polite">
            {(['added', 'removed', 'changed', 'same'] as const)
              .map(name => t(`versions.count.${name}`, countOf(data[name], language)))
              .join(', ')}
          </span>
        )}
      </Group>
      {error && <ErrorCard error={error} />}
      {data && total > 0 && (
        <ScrollRegion className={undefined} label={t('versions.difference', { version: dataset.version })}>
          <table className={classes.diff}>
            <thead>
              <tr>
                <th scope="col">{t('versions.change')}</th>
                <th scope="col">{t('data.line')}</th>
                <th scope="col">{t('data.id')}</th>
                <th scope="col">{t('data.structure')}</th>
                <th scope="col">{pXName(dataset.endpoint)}</th>
              </tr>
            </thead>
            <tbody>
              {data.entries.map((entry, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as it is answered
                <DiffRow key={index} entry={entry} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {data && data.entries.length < total && (
        <Group>
          <Button variant="default" onClick={() => setLimit(Math.min(1000, limit + 300))} disabled={limit >= 1000}>
            {t('versions.more', {
              shown: formatCount(data.entries.length, language),
              total: formatCount(total, language),
            })}
          </Button>
        </Group>
      )}
    </Section>
  )
}

function DiffRow({ entry }: { entry: DiffEntry }): ReactNode {
  const { t } = useT()
  const { before, after } = entry
  const smiles = (after ?? before)!.smiles
  return (
    <tr>
      <td>{t(`versions.${entry.change}.one`)}</td>
      <td>{entry.line}</td>
      <td>{entry.id ?? '–'}</td>
      <td className="mono" style={{ overflowWrap: 'anywhere' }}>
        {before && after && before.smiles !== after.smiles ? `${before.smiles} → ${after.smiles}` : smiles}
      </td>
      <td style={{ whiteSpace: 'nowrap' }}>
        {before && pXText(before)}
        {before && after && ' → '}
        {after && <strong style={{ fontWeight: 500 }}>{pXText(after)}</strong>}
      </td>
    </tr>
  )
}

function pXText({ relation, pX }: DiffSide): string {
  return `${boundOfPX(relation)}${formatPX(pX)}`
}
