import { Button, Progress } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { canResume, isActive, isWaiting, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { hrefOfJob } from '../../components/job-link.ts'
import { jobTitle, progressShare, progressText } from '../../components/job-progress.ts'
import { Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { fixed, formatWithRange } from '../../format/affinity.ts'
import { formatBytes, formatClock } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './home.module.css'
import { MachineCard } from './MachineCard.tsx'
import { QueueList } from './QueueList.tsx'

const MOST = 6
/** Less than an archive may take and a few runs need. */
const LOW_DISK_BYTES = 5 * 1024 ** 3

export function HomeLists(): ReactNode {
  const { t, language } = useT()
  const byId = useApp(state => state.jobs)
  const datasets = useApp(state => state.datasets)
  const jobs = newestFirst(byId)
  const running = jobs.filter(job => isActive(job) || job.state === 'paused')
  const waiting = jobs.some(isWaiting)
  const free = useApp(state => state.resources?.diskFreeBytes ?? null)
  const lowDisk = free !== null && free < LOW_DISK_BYTES ? free : null
  const results = jobs.filter(job => job.kind === 'train' && job.result !== null).slice(0, MOST)
  // An import that was cut short has a place of its own.
  const attention = jobs
    .filter(job => job.state === 'failed' || (job.state === 'interrupted' && job.kind !== 'import'))
    .slice(0, MOST)
  const dataName = (job: Job): string => datasets[job.datasetId ?? '']?.name ?? ''
  // A run is named after its data unless someone has named it.
  const about = (job: Job): string =>
    [job.name === dataName(job) ? '' : dataName(job), job.train ? t(`recipe.${job.train.recipe}`) : '']
      .filter(part => part !== '')
      .join(' · ')
  return (
    <div className={classes.columns}>
      <Section level={2} title={t('home.running')}>
        {running.length === 0 && <span className="muted">{t('home.nothingRunning')}</span>}
        <ul className={classes.list}>
          {running.map(job => (
            <li key={job.id}>
              <a className={classes.item} href={hrefOfJob(job)}>
                <JobStateBadge state={job.state} />
                <span className={classes.grow}>
                  <span className="truncate" style={{ display: 'block' }}>
                    {jobTitle(job)} <span className="muted">{isActive(job) && progressText(job, t, language)}</span>
                    {job.stalledSince !== null && (
                      <span style={{ color: 'var(--state-warn)' }}>
                        {' '}
                        {t('home.stalled', { time: formatClock(job.stalledSince, language) })}
                      </span>
                    )}
                  </span>
                  {isActive(job) && (
                    <Progress
                      size={3}
                      value={(progressShare(job) ?? 1) * 100}
                      aria-label={t('home.progressOf', { name: jobTitle(job) })}
                    />
                  )}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </Section>
      {waiting && (
        <Section level={2} title={t('home.queue')}>
          <QueueList />
        </Section>
      )}
      <Section level={2} title={t('home.results')}>
        {results.length === 0 && <span className="muted">{t('home.noResults')}</span>}
        <ul className={classes.list}>
          {results.map(job => (
            <li key={job.id}>
              <a className={classes.item} href={hrefOfJob(job)}>
                <span className={`${classes.grow} truncate`}>
                  {jobTitle(job)} <span className="muted">{about(job)}</span>
                </span>
                <strong title={t('metrics.intervals')}>
                  {formatWithRange(job.result?.metrics.test.rmse, job.result?.metrics.test.intervals?.rmse)}
                </strong>
                <span className="muted" title={t('training.floorsHint')}>
                  {t('home.floors', {
                    nearest: rmse(job.result?.baselines.nearest.rmse),
                    mean: rmse(job.result?.baselines.mean.rmse),
                  })}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </Section>
      {(attention.length > 0 || lowDisk !== null) && (
        <Section level={2} title={t('home.attention')}>
          <ul className={classes.list}>
            {lowDisk !== null && (
              <li>
                <div className={classes.item}>
                  <IconAlertTriangle size={14} color="var(--state-warn)" aria-hidden />
                  <span className={classes.grow}>
                    {t('home.lowDisk', { free: formatBytes(lowDisk, language) })}{' '}
                    <span className="muted">{t('home.lowDiskText')}</span>
                  </span>
                </div>
              </li>
            )}
            {attention.map(job => (
              <li key={job.id}>
                <a className={classes.item} href={hrefOfJob(job)}>
                  <JobStateBadge state={job.state} />
                  <span className={`${classes.grow} truncate`} title={job.error?.message}>
                    {jobTitle(job)} <span className="muted">{job.error?.message ?? dataName(job)}</span>
                  </span>
                  <span className="muted">
                    <Moment at={job.endedAt ?? job.createdAt} />
                  </span>
                </a>
                {job.kind === 'train' && canResume(job) && <ResumeButton job={job} />}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section level={2} title={t('home.machine')}>
        <MachineCard />
      </Section>
    </div>
  )
}

function ResumeButton({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const resume = useAction(() => client.jobs.resume({ id: job.id }))
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        mb={4}
        loading={resume.busy}
        aria-label={t('home.resume', { name: jobTitle(job) })}
        onClick={() => resume.run()}
      >
        {t('common.resume')}
      </Button>
      {resume.error && <ErrorCard error={resume.error} />}
    </>
  )
}

function rmse(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : fixed(value, 2)
}
