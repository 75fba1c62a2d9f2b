import { Badge, Button, Collapse } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Anomaly } from '../../../shared/contract/anomalies.ts'
import { formatFigure } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { metricLabel } from './metric-label.ts'
import classes from './training.module.css'

/** What looks wrong in a run: the gravest first, what it means and what to do; more on request. */
export function RunAnomalies({ anomalies }: { anomalies: readonly Anomaly[] }): ReactNode {
  const { t } = useT()
  const [open, setOpen] = useState(false)
  const sorted = [...anomalies].sort((a, b) => rank(a) - rank(b) || b.step - a.step)
  const [first, ...rest] = sorted
  if (!first) return null
  return (
    <section className={classes.anomalies} aria-label={t('anomaly.title')} data-severity={first.severity}>
      <Entry anomaly={first} />
      {rest.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-xs"
            w="fit-content"
            onClick={() => setOpen(!open)}
            aria-expanded={open}
          >
            {t(open ? 'anomaly.less' : 'anomaly.more', { count: rest.length })}
          </Button>
          <Collapse expanded={open}>
            {rest.map(anomaly => (
              <Entry key={`${anomaly.rule} ${anomaly.metric} ${anomaly.step}`} anomaly={anomaly} />
            ))}
          </Collapse>
        </>
      )}
    </section>
  )
}

function rank({ severity }: Anomaly): number {
  return severity === 'critical' ? 0 : 1
}

function Entry({ anomaly }: { anomaly: Anomaly }): ReactNode {
  const { t } = useT()
  const { rule, severity, metric, step, value, typical } = anomaly
  const seen = {
    metric: metricLabel(metric, t),
    step,
    value: value === null ? 'NaN' : formatFigure(value),
    typical: typical === null ? '–' : formatFigure(typical),
  }
  return (
    <div className={classes.anomaly}>
      <IconAlertTriangle
        size={16}
        aria-hidden
        color={severity === 'critical' ? 'var(--state-bad)' : 'var(--state-warn)'}
      />
      <div>
        <strong>{t(`anomaly.${rule}`)}</strong>{' '}
        <Badge size="xs" variant="light" color={severity === 'critical' ? 'red' : 'yellow'} autoContrast>
          {t(`anomaly.severity.${severity}`)}
        </Badge>
        <div>{t(`anomaly.${rule}.text`, seen)}</div>
        <div className="muted">{t(`anomaly.${rule}.advice`)}</div>
      </div>
    </div>
  )
}
