import { Progress } from '@mantine/core'
import { IconLoader2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { isActive, isWaiting } from '../api/app-state.ts'
import { useApp } from '../api/app-store.ts'
import { hrefOfJob } from '../components/job-link.ts'
import { jobTitle, progressShare, progressText } from '../components/job-progress.ts'
import layout from '../components/layout.module.css'
import { formatBytes } from '../format/quantities.ts'
import { useT } from '../i18n/translate.ts'
import classes from './frame.module.css'

/** The heartbeat: what runs, what waits, what the machine does. */
export function StatusRow(): ReactNode {
  const { t, language } = useT()
  const running = useApp(useShallow(state => Object.values(state.jobs).filter(isActive)))
  const waiting = useApp(state => Object.values(state.jobs).filter(isWaiting).length)
  const resources = useApp(state => state.resources)
  const first = running.toSorted((a, b) => Number(b.kind === 'train') - Number(a.kind === 'train'))[0]
  const share = first ? progressShare(first) : null
  return (
    <section className={classes.status} aria-label={t('frame.status')}>
      {first ? (
        <a href={hrefOfJob(first)}>
          <IconLoader2 size={14} className={layout.spin} color="var(--state-active)" aria-hidden />
          <span>{t('status.running', { count: running.length })}</span>
          <span className="truncate">
            {jobTitle(first)} · {progressText(first, t, language)}
          </span>
          {share !== null && <Progress w={96} size={4} value={share * 100} aria-label={t('status.progress')} />}
        </a>
      ) : (
        <span>{t('status.idle')}</span>
      )}
      {waiting > 0 && <span>{t('status.queued', { count: waiting })}</span>}
      <span className={classes.meters}>
        <span title={t('status.cpu')}>CPU {resources ? `${Math.round(resources.cpuPercent)} %` : '–'}</span>
        <span title={t('status.memory')}>
          {t('status.memoryShort')} {resources ? formatBytes(resources.memoryUsedBytes, language) : '–'}
        </span>
        <span title={t('status.gpu')}>
          GPU {resources?.gpuPercent == null ? '–' : `${Math.round(resources.gpuPercent)} %`}
        </span>
      </span>
    </section>
  )
}
