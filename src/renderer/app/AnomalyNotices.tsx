import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { useApp } from '../api/app-store.ts'
import { jobTitle } from '../components/job-progress.ts'
import { useT } from '../i18n/translate.ts'
import { hrefOf } from '../route/use-route.ts'

/** Tells of what looks wrong in a run, wherever the user is; the application says when it is time to tell again. */
export function AnomalyNotices(): null {
  const { t } = useT()
  const found = useApp(state => state.found)
  const jobs = useApp(state => state.jobs)
  const told = useRef(new Set<unknown>())
  useEffect(() => {
    for (const event of Object.values(found)) {
      if (!event.notify || told.current.has(event)) continue
      told.current.add(event)
      const job = jobs[event.jobId]
      const { rule, severity } = event.anomaly
      notifications.show({
        title: `${t(`anomaly.${rule}`)}${job ? ` · ${jobTitle(job)}` : ''}`,
        color: severity === 'critical' ? 'red' : 'yellow',
        autoClose: severity === 'critical' ? false : 10_000,
        message: (
          <Anchor href={hrefOf({ page: 'training', id: event.jobId })} fz="sm">
            {t('anomaly.open')}
          </Anchor>
        ),
      })
    }
  }, [found, jobs, t])
  return null
}
