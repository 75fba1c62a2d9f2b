import { Progress } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { isActive, isWaiting, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { hrefOfJob } from '../../components/job-link.ts'
import { jobTitle, progressShare, progressText } from '../../components/job-progress.ts'
import { Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { fixed, formatWithRange } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './home.module.css'

const MOST = 6

export function HomeLists(): ReactNode {
  const { t, language } = useT()
  const byId = useApp(state => state.jobs)
  const datasets = useApp(state => state.datasets)
  const jobs = newestFirst(byId)
  const running = jobs.filter(job => isActive(job) || isWaiting(job) || job.state === 'paused')
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
      {attention.length > 0 && (
        <Section level={2} title={t('home.attention')}>
          <ul className={classes.list}>
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
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  )
}

function rmse(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : fixed(value, 2)
}
