import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import type { Job } from '../../shared/contract/jobs.ts'
import { isEnded } from '../api/app-state.ts'
import { useApp } from '../api/app-store.ts'
import { hrefOfJob } from '../components/job-link.ts'
import { jobTitle } from '../components/job-progress.ts'
import { useT } from '../i18n/translate.ts'
import { currentRoute } from '../route/use-route.ts'

/** Tells that a job has ended, where the user is looking at something else. */
export function JobNotices(): null {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  const going = useRef(new Set<string>())
  useEffect(() => {
    for (const job of Object.values(jobs)) {
      if (!isEnded(job)) going.current.add(job.id)
      else if (going.current.delete(job.id) && job.state !== 'cancelled' && !isInView(job)) {
        notifications.show({
          title: jobTitle(job),
          color: job.state === 'completed' ? 'teal' : 'red',
          message: (
            <Anchor href={hrefOfJob(job)} fz="sm">
              {t(`notice.${job.kind}.${job.state === 'completed' ? 'completed' : 'stopped'}`)}
            </Anchor>
          ),
        })
      }
    }
  }, [jobs, t])
  return null
}

function isInView(job: Job): boolean {
  const { page, id, params } = currentRoute()
  if (page === 'home') return true
  return id === job.id || (page === 'data' && id === job.datasetId) || params.job === job.id
}
