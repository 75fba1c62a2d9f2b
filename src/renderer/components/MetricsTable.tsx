import { Fragment, type ReactNode } from 'react'
import type { RegressionMetrics } from '../../shared/contract/common.ts'
import type { Baselines } from '../../shared/contract/evaluation.ts'
import type { TrainResult } from '../../shared/contract/jobs.ts'
import { fixed, formatRange } from '../format/affinity.ts'
import { formatCount } from '../format/quantities.ts'
import { useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

const COLUMNS = ['rmse', 'mae', 'r2', 'pearson', 'spearman', 'kendall', 'concordance'] as const

type Column = (typeof COLUMNS)[number]

interface MetricsTableProps {
  metrics: TrainResult['metrics']
  baselines: TrainResult['baselines']
}

/** Validation and test with their intervals, beside the two floors that any model must beat. */
export function MetricsTable({ metrics, baselines }: MetricsTableProps): ReactNode {
  const { t, language } = useT()
  // Models made before ranks were judged have none.
  const columns = COLUMNS.filter(column => metrics.test[column] !== undefined)
  const hasIntervals = metrics.test.intervals !== undefined
  return (
    <div className={classes.tableBox}>
      <table className={classes.table} aria-label={t('metrics.title')}>
        <thead>
          <tr>
            <th scope="col">{t('metrics.part')}</th>
            <th scope="col">{t('metrics.n')}</th>
            {columns.map(column => (
              <th key={column} scope="col" title={t(`metrics.${column}.text`)}>
                {t(`metrics.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PARTS.map(part => (
            <Fragment key={part}>
              <tr>
                <td>{t(`part.${part}`)}</td>
                <td>{formatCount(metrics[part].n, language)}</td>
                {columns.map(column => (
                  <td key={column}>
                    <Figure metrics={metrics[part]} column={column} strong={part === 'test' && column === 'rmse'} />
                  </td>
                ))}
              </tr>
              {floorRows(baselines, part).map(({ floor, figures }) => (
                <tr key={floor} className="muted">
                  <td className={classes.floor}>{t(`floor.${floor}`)}</td>
                  <td>{figures.metrics ? formatCount(figures.metrics.n, language) : null}</td>
                  {columns.map(column => (
                    <td key={column}>
                      {/* Older runs kept the error of a floor alone. */}
                      <Figure metrics={figures.metrics ?? { rmse: figures.rmse }} column={column} strong={false} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
      {hasIntervals && <p className={classes.tableNote}>{t('metrics.intervals')}</p>}
    </div>
  )
}

const PARTS = ['test', 'validation'] as const
const FLOORS = ['nearest', 'mean'] as const

function floorRows(baselines: Baselines, part: (typeof PARTS)[number]) {
  const floors = part === 'test' ? baselines : baselines.validation
  return floors ? FLOORS.map(floor => ({ floor, figures: floors[floor] })) : []
}

function Figure(props: { metrics: Partial<RegressionMetrics>; column: Column; strong: boolean }): ReactNode {
  const value = props.metrics[props.column]
  const range = props.metrics.intervals?.[props.column]
  const text = value === null || value === undefined ? '–' : fixed(value, 2)
  return (
    <>
      {props.strong ? <strong>{text}</strong> : text}
      {range && <span className={classes.range}>{formatRange(range)}</span>}
    </>
  )
}
