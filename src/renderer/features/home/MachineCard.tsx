import type { ReactNode } from 'react'
import { useApp } from '../../api/app-store.ts'
import { Facts } from '../../components/Layout.tsx'
import { formatBytes, formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
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
        [t('home.gpu'), resources?.gpuPercent == null ? missing : formatPercent(resources.gpuPercent / 100, language)],
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
