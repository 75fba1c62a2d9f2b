import { Alert } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { ScrollRegion } from '../../components/Layout.tsx'
import layout from '../../components/layout.module.css'
import { fixed, formatRange } from '../../format/affinity.ts'
import { formatDuration } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { type FigureRow, figureRows, sameTest } from './compare.ts'
import { RunHeads } from './RunHeads.tsx'
import { durationMs } from './run-columns.tsx'

/** Metrics of the marked runs side by side; the best of each in bold. */
export function CompareFigures({ jobs }: { jobs: readonly Job[] }): ReactNode {
  const { t, language } = useT()
  const rows = figureRows(jobs)
  const show = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : fixed(value, 2)
  return (
    <>
      {!sameTest(jobs) && (
        <Alert color="yellow" variant="light" p={10}>
          {t('compare.otherTest')}
        </Alert>
      )}
      <ScrollRegion className={layout.tableBox} label={t('compare.tab.figures')}>
        <table className={layout.table} aria-label={t('compare.tab.figures')}>
          <RunHeads jobs={jobs} corner={t('compare.metric')} />
          <tbody>
            {rows.map(row => (
              <tr key={`${row.part} ${row.figure}`}>
                <th scope="row" title={t(`metrics.${row.figure}.text`)}>
                  {t(`part.${row.part}`)} · {t(`metrics.${row.figure}`)}
                </th>
                {jobs.map((job, i) => (
                  <td key={job.id}>
                    {i === row.best ? <strong>{show(row.values[i])}</strong> : show(row.values[i])}
                    <Range job={job} row={row} />
                  </td>
                ))}
              </tr>
            ))}
            {(['nearest', 'mean'] as const).map(floor => (
              <tr key={floor} className="muted">
                <th scope="row">{t(`floor.${floor}`)}</th>
                {jobs.map(job => (
                  <td key={job.id}>{show(job.result?.baselines[floor].rmse)}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t('training.bestEpoch')}</th>
              {jobs.map(({ id, result }) => (
                <td key={id}>
                  {result && result.epochs > 0
                    ? t('training.bestEpochOf', { best: result.bestEpoch, epochs: result.epochs })
                    : '–'}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{t('training.duration')}</th>
              {jobs.map(job => {
                const ms = durationMs(job)
                return <td key={job.id}>{ms === null ? '–' : formatDuration(ms, language)}</td>
              })}
            </tr>
          </tbody>
        </table>
      </ScrollRegion>
      <p className="muted" style={{ margin: 0, fontSize: 12 }}>
        {t('metrics.intervals')}
      </p>
    </>
  )
}

function Range({ job, row }: { job: Job; row: FigureRow }): ReactNode {
  const range = job.result?.metrics[row.part].intervals?.[row.figure]
  return range ? <span className={layout.range}>{formatRange(range)}</span> : null
}
