import { Button, Group } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Section } from '../../components/Layout.tsx'
import layout from '../../components/layout.module.css'
import { Moment } from '../../components/Moment.tsx'
import { fixed } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { ModelStateBadge, VersionBadge } from './ModelStateBadge.tsx'

const MOST = 6
const FIGURES = ['rmse', 'mae', 'r2', 'spearman'] as const

/** The versions of a model side by side, and which one is meant. */
export function ModelVersions({ model }: { model: Model }): ReactNode {
  const { t } = useT()
  const models = useApp(state => state.models)
  const versions = useMemo(
    () =>
      Object.values(models)
        .filter(({ familyId }) => familyId === model.familyId)
        .sort((a, b) => b.version - a.version),
    [models, model.familyId],
  )
  const current = versions.find(({ isCurrent }) => isCurrent)
  const act = useAction((work: () => Promise<unknown>) => work())
  return (
    <>
      <Section title={t('models.versions')}>
        {act.error && <ErrorCard error={act.error} />}
        <div className={layout.tableBox}>
          <table className={layout.table} aria-label={t('models.versions')}>
            <thead>
              <tr>
                <th scope="col">{t('models.version')}</th>
                <th scope="col">{t('models.state')}</th>
                <th scope="col">{t('training.testRmse')}</th>
                <th scope="col">{t('common.created')}</th>
                <th scope="col">{t('models.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {versions.map(version => (
                <tr key={version.id} aria-current={version.id === model.id ? 'true' : undefined}>
                  <td>
                    <a href={hrefOf({ page: 'models', id: version.id, tab: 'versions' })}>
                      <VersionBadge model={version} />
                    </a>
                  </td>
                  <td>
                    <ModelStateBadge state={version.state} />
                  </td>
                  <td>{version.testRmse === null ? '–' : fixed(version.testRmse, 2)}</td>
                  <td>
                    <Moment at={version.createdAt} />
                  </td>
                  <td>
                    {!version.isCurrent && version.state !== 'archived' && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        disabled={act.busy}
                        onClick={() => act.run(() => client.registry.makeCurrent({ id: version.id }))}
                      >
                        {t('models.makeCurrent')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {versions.length > 1 && current && (
          <Group gap={8}>
            <Button
              variant="default"
              disabled={act.busy}
              onClick={() => act.run(() => client.registry.rollBack({ id: current.id }))}
            >
              {t('models.rollBack')}
            </Button>
          </Group>
        )}
      </Section>
      {versions.length > 1 ? (
        <Comparison versions={versions} />
      ) : (
        <p className="muted" style={{ margin: 0 }}>
          {t('models.oneVersion')}
        </p>
      )}
    </>
  )
}

function Comparison({ versions }: { versions: readonly Model[] }): ReactNode {
  const { t, language } = useT()
  const [showAll, setShowAll] = useState(false)
  const ids = versions.slice(0, MOST).map(({ id }) => id)
  const answer = useCall(signal => client.registry.compare({ ids }, { signal }), [ids.join()])
  if (answer.error) return <ErrorCard error={answer.error} onRetry={answer.reload} />
  if (!answer.data) return null
  const { models, sameTest, commonRows } = answer.data
  const names = [...new Set(models.flatMap(({ settings }) => Object.keys(settings)))]
  const differing = names.filter(name => new Set(models.map(({ settings }) => settings[name])).size > 1)
  const shown = showAll ? names : differing
  const note = sameTest
    ? t('models.sameTest', { shown: formatCount(commonRows, language), count: commonRows })
    : commonRows > 0
      ? t('models.commonTest', { shown: formatCount(commonRows, language), count: commonRows })
      : t('models.otherTest')
  return (
    <Section title={t('models.compare')}>
      <p className="muted" style={{ margin: 0, fontSize: 12, maxWidth: '68ch' }}>
        {note}
      </p>
      <div className={layout.tableBox}>
        <table className={layout.table} aria-label={t('models.compare')}>
          <thead>
            <tr>
              <td />
              {models.map(({ model }) => (
                <th key={model.id} scope="col">
                  <VersionBadge model={model} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('training.recipe')}</th>
              {models.map(({ model }) => (
                <td key={model.id}>{t(`recipe.${model.recipe}.title`)}</td>
              ))}
            </tr>
            {FIGURES.map(figure => (
              <tr key={figure}>
                <th scope="row">{t('models.testFigure', { figure: t(`metrics.${figure}`) })}</th>
                {models.map(({ model, metrics }) => (
                  <td key={model.id}>{number(metrics.test[figure])}</td>
                ))}
              </tr>
            ))}
            {!sameTest && commonRows > 0 && (
              <tr>
                <th scope="row">{t('models.commonRmse')}</th>
                {models.map(({ model, commonRmse }) => (
                  <td key={model.id}>{number(commonRmse)}</td>
                ))}
              </tr>
            )}
            {shown.map(name => (
              <tr key={name} className="muted">
                <th scope="row" className="mono">
                  {name}
                </th>
                {models.map(({ model, settings }) => (
                  <td key={model.id}>{String(settings[name] ?? '–')}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {names.length > differing.length && (
        <Group>
          <Button size="compact-xs" variant="subtle" onClick={() => setShowAll(before => !before)}>
            {t(showAll ? 'models.differingSettings' : 'models.allSettings')}
          </Button>
        </Group>
      )}
    </Section>
  )
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : fixed(value, 3)
}
