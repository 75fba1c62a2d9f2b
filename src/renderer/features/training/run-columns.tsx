import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { ById } from '../../api/app-state.ts'
import { isActive } from '../../api/app-state.ts'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { jobTitle, progressText } from '../../components/job-progress.ts'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { fixed, formatWithRange } from '../../format/affinity.ts'
import { formatDuration } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'
import classes from './training.module.css'

interface RunColumnsContext {
  datasets: ById<Dataset>
  t: Translate
  language: Language
}

export function runColumns({ datasets, t, language }: RunColumnsContext): GridColumn<Job>[] {
  const dataName = (job: Job): string => (job.datasetId && datasets[job.datasetId]?.name) || t('training.dataGone')
  return [
    {
      id: 'number',
      header: t('training.run'),
      width: 'minmax(140px, 1.6fr)',
      sortValue: job => job.number,
      // Runs of one data set share its name: the number must never be cut off.
      cell: job => (
        <span className={classes.runName} title={jobTitle(job)}>
          <span className="truncate">{job.name}</span>
          <span className={classes.runNumber}>#{job.number}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: t('common.state'),
      width: '112px',
      sortValue: job => job.state,
      cell: job => (
        <span title={isActive(job) ? progressText(job, t, language) : undefined}>
          <JobStateBadge state={job.state} />
        </span>
      ),
    },
    {
      id: 'data',
      header: t('training.data'),
      width: 'minmax(100px, 1fr)',
      sortValue: dataName,
      showFrom: 640,
      cell: job => <span title={dataName(job)}>{dataName(job)}</span>,
    },
    {
      id: 'recipe',
      header: t('training.recipe'),
      width: '136px',
      sortValue: job => job.train?.recipe ?? null,
      cell: ({ train }) =>
        train ? <span title={t(`recipe.${train.recipe}.title`)}>{t(`recipe.${train.recipe}`)}</span> : '–',
    },
    {
      id: 'preset',
      header: t('training.preset'),
      width: '108px',
      showFrom: 800,
      sortValue: job => job.train?.preset ?? null,
      cell: job => (job.train ? presetLabel(job.train.preset, t) : '–'),
    },
    {
      id: 'split',
      header: t('training.split'),
      width: '96px',
      showFrom: 1060,
      sortValue: job => job.train?.split ?? null,
      cell: job => (job.train?.split ? t(`split.${job.train.split}`) : '–'),
    },
    {
      id: 'rmse',
      header: t('training.testRmse'),
      width: '88px',
      align: 'end',
      sortValue: job => job.result?.metrics.test.rmse ?? null,
      cell: ({ result }) => (
        <strong
          style={{ fontWeight: 500 }}
          title={
            result
              ? t('training.rmseHint', {
                  rmse: formatWithRange(result.metrics.test.rmse, result.metrics.test.intervals?.rmse),
                  nearest: show(result.baselines.nearest.rmse),
                  mean: show(result.baselines.mean.rmse),
                })
              : undefined
          }
        >
          {show(result?.metrics.test.rmse)}
        </strong>
      ),
    },
    {
      id: 'floor',
      header: t('training.floors'),
      width: '108px',
      align: 'end',
      showFrom: 580,
      cell: ({ result }) => (
        <span className="muted" title={t('training.floorsHint')}>
          {result ? `${show(result.baselines.nearest.rmse)} / ${show(result.baselines.mean.rmse)}` : '–'}
        </span>
      ),
    },
    {
      id: 'duration',
      header: t('training.duration'),
      width: '108px',
      align: 'end',
      showFrom: 910,
      sortValue: durationMs,
      cell: job => {
        const ms = durationMs(job)
        return ms === null ? '–' : formatDuration(ms, language)
      },
    },
    {
      id: 'created',
      header: t('common.created'),
      width: '120px',
      showFrom: 1160,
      sortValue: job => job.createdAt,
      cell: job => (
        <span className="muted">
          <Moment at={job.createdAt} />
        </span>
      ),
    },
  ]
}

export function durationMs(job: Job): number | null {
  return job.startedAt === null || job.endedAt === null ? null : job.endedAt - job.startedAt
}

function show(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : fixed(value, 2)
}
