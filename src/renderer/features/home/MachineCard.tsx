import type { ReactNode } from 'react'
import type { Gpu } from '../../../shared/contract/resources.ts'
import type { Resources } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { Facts } from '../../components/Layout.tsx'
import { formatBytes, formatPercent } from '../../format/quantities.ts'
import { type Translate, useT } from '../../i18n/translate.ts'
import { recentSuccess, SUCCESS_DAYS } from './recent-success.ts'

/** What the machine has left, and how the last days went. */
export function MachineCard(): ReactNode {
  const { t, language } = useT()
  const resources = useApp(state => state.resources)
  const jobs = useApp(state => state.jobs)
  const { completed, failed, share } = recentSuccess(Object.values(jobs), Date.now())
  const missing = <span className="muted">{t('home.notAvailable')}</span>
  return (
    <Facts
      items={[
        [t('home.cpu'), resources ? formatPercent(resources.cpuPercent / 100, language) : missing],
        [
          t('home.memory'),
          resources
            ? t('home.usedOf', {
                used: formatBytes(resources.memoryUsedBytes, language),
                total: formatBytes(resources.memoryTotalBytes, language),
              })
            : missing,
        ],
        [
          t('home.disk'),
          resources?.diskFreeBytes == null
            ? missing
            : t('home.free', { free: formatBytes(resources.diskFreeBytes, language) }),
        ],
        ...gpuFacts(resources, t, language),
        [
          t('home.success', { days: SUCCESS_DAYS }),
          share === null
            ? t('home.noJobsEnded')
            : t('home.successText', { share: formatPercent(share, language), completed, failed }),
        ],
      ]}
    />
  )
}

/** A line a card; where there is none, that and why. */
function gpuFacts(resources: Resources | null, t: Translate, language: string): [string, ReactNode][] {
  const { gpus = null, gpuProblem = null } = resources ?? {}
  const name = (gpu: Gpu): string => (gpus?.length === 1 ? t('home.gpu') : `${t('home.gpu')} ${gpu.index}`)
  if (gpus !== null && gpus.length > 0) return gpus.map(gpu => [name(gpu), gpuText(gpu, t, language)])
  const why = gpuProblem === null ? t('home.gpuNone') : t('home.gpuFailed', { reason: gpuProblem })
  return [
    [
      t('home.gpu'),
      <span key="gpu" className="muted">
        {resources === null ? t('home.notAvailable') : why}
      </span>,
    ],
  ]
}

function gpuText(gpu: Gpu, t: Translate, language: string): string {
  const { percent, memoryUsedBytes: used, memoryTotalBytes: total, temperatureC, powerWatts } = gpu
  const parts = [
    gpu.name,
    percent === null ? null : formatPercent(percent / 100, language),
    used === null || total === null
      ? null
      : t('home.gpuMemory', { used: formatBytes(used, language), total: formatBytes(total, language) }),
    temperatureC === null ? null : `${Math.round(temperatureC)} °C`,
    powerWatts === null ? null : `${Math.round(powerWatts)} W`,
  ]
  return parts.filter(part => part !== null).join(' · ')
}
