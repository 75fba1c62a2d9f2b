import type { ReactNode } from 'react'
import type { RegressionMetrics } from '../../shared/contract/common.ts'
import type { TrainResult } from '../../shared/contract/jobs.ts'
import { fixed } from '../format/affinity.ts'
import { formatCount } from '../format/quantities.ts'
import { useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

const COLUMNS = ['rmse', 'mae', 'r2', 'pearson', 'spearman'] as const

interface MetricsTableProps {
  metrics: TrainResult['metrics']
  baselines: TrainResult['baselines']
}

/** Validation and test beside the two floors that any model must beat. */
export function MetricsTable({ metrics, baselines }: MetricsTableProps): ReactNode {
  const { t, language } = useT()
  return (
    <table className={classes.table} aria-label={t('metrics.title')}>
      <thead>
        <tr>
          <th scope="col">{t('metrics.part')}</th>
          <th scope="col">{t('metrics.n')}</th>
          {COLUMNS.map(column => (
            <th key={column} scope="col">
              {t(`metrics.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(['test', 'validation'] as const).map(part => (
          <tr key={part}>
            <td>{t(`part.${part}`)}</td>
            <td>{formatCount(metrics[part].n, language)}</td>
            {COLUMNS.map(column => (
              <td key={column}>
                {part === 'test' && column === 'rmse' ? (
                  <strong>{show(metrics[part], column)}</strong>
                ) : (
                  show(metrics[part], column)
                )}
              </td>
            ))}
          </tr>
        ))}
        {(['nearest', 'mean'] as const).map(floor => (
          <tr key={floor} className="muted">
            <td>{t(`floor.${floor}`)}</td>
            <td />
            <td>{baselines[floor].rmse === null ? '–' : fixed(baselines[floor].rmse, 2)}</td>
            <td colSpan={4} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function show(metrics: RegressionMetrics, column: (typeof COLUMNS)[number]): string {
  const value = metrics[column]
  return value === null ? '–' : fixed(value, 2)
}
