import { Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { ScrollRegion } from '../../components/Layout.tsx'
import layout from '../../components/layout.module.css'
import { known, type Translate, useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { settingLabel } from './AdvancedSettings.tsx'
import { type ConfigRow, type ConfigValue, configRows } from './compare.ts'
import type { SettingSpec } from './new-run.ts'
import { RunHeads } from './RunHeads.tsx'
import classes from './training.module.css'

/** Choices of the marked runs side by side, important ones first; what differs is set off. */
export function CompareConfiguration({ jobs }: { jobs: readonly Job[] }): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const datasets = useApp(state => state.datasets)
  const all = params.all === '1'
  const kinds = [...new Set(jobs.map(kindOf))].sort()
  const specs = useCall(signal => specsOf(jobs, signal), [kinds.join()])
  const rows = configRows(jobs, job => specs.data?.get(kindOf(job)))
  const shown = all ? rows : rows.filter(row => row.differs)
  return (
    <>
      {specs.error && <ErrorCard error={specs.error} onRetry={specs.reload} />}
      <Switch
        label={t('compare.showEqual')}
        checked={all}
        onChange={event => setParams({ all: event.currentTarget.checked ? '1' : '' })}
      />
      {shown.length === 0 ? (
        <p className="muted">{t('compare.noDifference')}</p>
      ) : (
        <ScrollRegion className={layout.tableBox} label={t('compare.tab.configuration')}>
          <table className={layout.table} aria-label={t('compare.tab.configuration')}>
            <RunHeads jobs={jobs} corner={t('compare.choice')} />
            <tbody>
              {shown.map(row => (
                <tr key={row.key} data-differs={row.differs} className={classes.configRow}>
                  <th scope="row">{row.isSetting ? settingLabel(row.key, t) : t(askedKey(row))}</th>
                  {row.values.map((value, i) => (
                    <td key={jobs[i]?.id}>{textOf(row, value, { t, nameOf: id => datasets[id]?.name })}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </>
  )
}

function kindOf({ train }: Job): string {
  return `${train?.recipe} ${train?.preset}`
}

async function specsOf(jobs: readonly Job[], signal: AbortSignal): Promise<Map<string, SettingSpec[]>> {
  const kinds = new Map(jobs.flatMap(job => (job.train ? [[kindOf(job), job.train] as const] : [])))
  const answers = [...kinds].map(async ([kind, { recipe, preset }]) => {
    return [kind, await client.jobs.settings({ recipe, preset }, { signal })] as const
  })
  return new Map(await Promise.all(answers))
}

const ASKED_KEYS = {
  datasetId: 'training.data',
  recipe: 'training.recipe',
  preset: 'training.preset',
  split: 'training.split',
  seed: 'training.seed',
  provider: 'training.provider',
} as const

function askedKey({ key }: ConfigRow): (typeof ASKED_KEYS)[keyof typeof ASKED_KEYS] {
  return ASKED_KEYS[key as keyof typeof ASKED_KEYS]
}

interface TextContext {
  t: Translate
  nameOf(datasetId: string): string | undefined
}

function textOf({ key, isSetting }: ConfigRow, value: ConfigValue, { t, nameOf }: TextContext): string {
  if (value === null) return key === 'split' && !isSetting ? t('split.best') : '–'
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (isSetting || typeof value === 'number') return String(value)
  if (key === 'datasetId') return nameOf(value) ?? t('training.dataGone')
  const text = known(`${key}.${value}`)
  return text ? t(text) : value
}
