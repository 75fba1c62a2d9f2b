import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Scroll } from '../../components/Layout.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { formatClock, formatMoment } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { causeText } from './cause-text.ts'
import classes from './training.module.css'

/** Every change of state: when, who, why. */
export function RunEvents({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const { data, error } = useCall(signal => client.jobs.get({ id: job.id }, { signal }), [job.id, job.state])
  return (
    <Scroll label={t('training.tab.events')}>
      {error && <ErrorCard error={error} />}
      <ol className={classes.events} aria-label={t('training.tab.events')}>
        {data?.transitions.map(({ to, at, actor, cause }) => (
          <li key={`${at} ${to}`}>
            <time className="muted" dateTime={new Date(at).toISOString()} title={formatMoment(at, language)}>
              {formatClock(at, language)}
            </time>
            <JobStateBadge state={to} />
            <span>{causeText(cause, t)}</span>
            <span className="muted">{t(`actor.${actor}`)}</span>
          </li>
        ))}
      </ol>
    </Scroll>
  )
}
