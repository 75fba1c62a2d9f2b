import { Checkbox } from '@mantine/core'
import { IconPinFilled } from '@tabler/icons-react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { ById } from '../../api/app-state.ts'
import { isActive } from '../../api/app-state.ts'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { jobTitle, progressText } from '../../components/job-progress.ts'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { fixed, formatRange, formatWithRange } from '../../format/affinity.ts'
import { formatDuration } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'
import { RunLine } from './RunLine.tsx'
import classes from './training.module.css'

interface RunColumnsContext {
  datasets: ById<Dataset>
  marked: ReadonlySet<string>
  onMark(job: Job): void
  t: Translate
  language: Language
}

export function runColumns({ datasets, marked, onMark, t, language }: RunColumnsContext): GridColumn<Job>[] {
  const dataName = (job: Job): string => (job.datasetId && datasets[job.datasetId]?.name) || t('training.dataGone')
  return [
    {
      id: 'mark',
      header: '',
      width: '36px',
      isFixed: true,
      cell: job => (
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={t('compare.mark', { name: jobTitle(job) })}
          checked={marked.has(job.id)}
          onClick={event => event.stopPropagation()}
          onChange={() => onMark(job)}
        />
      ),
    },
    {
      id: 'number',
      header: t('training.run'),
      width: 'minmax(170px, 1.6fr)',
      isFixed: true,
      sortValue: job => job.number,
      // Runs of one data set share its name: the number must never be cut off.
      cell: job => (
        <span className={classes.runName} title={jobTitle(job)}>
          <RunLine number={job.number} />
          <span className="truncate">{job.name}</span>
          <span className={classes.runNumber}>#{job.number}</span>
          {job.pinned && <IconPinFilled size={12} aria-label={t('training.pinned')} />}
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
      showFrom: 760,
      cell: job => <span title={dataName(job)}>{dataName(job)}</span>,
    },
    {
      id: 'recipe',
      header: t('training.recipe'),
      width: '136px',
      showFrom: 640,
      sortValue: job => job.train?.recipe ?? null,
      cell: ({ train }) =>
        train ? <span title={t(`recipe.${train.recipe}.title`)}>{t(`recipe.${train.recipe}`)}</span> : '–',
    },
    {
      id: 'preset',
      header: t('training.preset'),
      width: '108px',
      showFrom: 900,
      sortValue: job => job.train?.preset ?? null,
      cell: job => (job.train ? presetLabel(job.train.preset, t) : '–'),
    },
    {
      id: 'split',
      header: t('training.split'),
      width: '96px',
      showFrom: 1000,
      sortValue: job => job.train?.split ?? null,
      cell: job => (job.train?.split ? t(`split.${job.train.split}`) : '–'),
    },
    {
      id: 'rmse',
      header: t('training.testRmse'),
      width: '124px',
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
          {result?.metrics.test.intervals?.rmse && (
            <span className={classes.range}> {formatRange(result.metrics.test.intervals.rmse)}</span>
          )}
        </strong>
      ),
    },
    {
      id: 'floor',
      header: t('training.floors'),
      width: '108px',
      align: 'end',
      showFrom: 540,
      cell: ({ result }) => (
        <span className="muted" title={t('training.floorsHint')}>
          {result ? `${show(result.baselines.nearest.rmse)} / ${show(result.baselines.mean.rmse)}` : '–'}
        </span>
      ),
    },
    {
      id: 'tags',
      header: t('training.tags'),
      width: 'minmax(90px, 1fr)',
      showFrom: 1060,
      sortValue: job => job.tags.join(' ') || null,
      cell: job => (
        <span className={classes.tags} title={job.tags.join(', ')}>
          {job.tags.map(tag => (
            <span key={tag} className={classes.tag}>
              {tag}
            </span>
          ))}
        </span>
      ),
    },
    {
      id: 'validation',
      header: t('chart.rmse'),
      width: '110px',
      align: 'end',
      isOptional: true,
      sortValue: job => job.result?.metrics.validation.rmse ?? null,
      cell: ({ result }) => show(result?.metrics.validation.rmse),
    },
    ...(['mae', 'r2', 'spearman'] as const).map(
      (figure): GridColumn<Job> => ({
        id: figure,
        header: `${t('part.test')} ${t(`metrics.${figure}`)}`,
        width: '104px',
        align: 'end',
        isOptional: true,
        sortValue: job => job.result?.metrics.test[figure] ?? null,
        cell: ({ result }) => show(result?.metrics.test[figure]),
      }),
    ),
    {
      id: 'seed',
      header: t('training.seed'),
      width: '80px',
      align: 'end',
      isOptional: true,
      sortValue: job => job.train?.seed ?? null,
      cell: job => job.train?.seed ?? '–',
    },
    {
      id: 'duration',
      header: t('training.duration'),
      width: '108px',
      align: 'end',
      showFrom: 1000,
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
