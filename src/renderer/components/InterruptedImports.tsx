import { Button, Group } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../shared/contract/jobs.ts'
import { newestFirst } from '../api/app-state.ts'
import { useApp } from '../api/app-store.ts'
import { client } from '../api/host.ts'
import { useAction } from '../api/use-call.ts'
import { useT } from '../i18n/translate.ts'
import { navigate } from '../route/use-route.ts'
import { ErrorCard } from './ErrorCard.tsx'
import classes from './layout.module.css'

/** Imports that a crash or a closed window cut short, each offered again; nothing where there are none. */
export function InterruptedImports(): ReactNode {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  const left = newestFirst(jobs).filter(job => job.kind === 'import' && job.state === 'interrupted')
  if (left.length === 0) return null
  return (
    <section aria-label={t('imports.interrupted')} className={classes.notice}>
      {left.map(job => (
        <InterruptedImport key={job.id} job={job} />
      ))}
    </section>
  )
}

function InterruptedImport({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const again = useAction(async () => {
    const { datasetId } = await client.jobs.resume({ id: job.id })
    navigate({ page: 'data', id: datasetId })
  })
  const forget = useAction(async () => client.jobs.remove({ id: job.id }))
  const error = again.error ?? forget.error
  return (
    <>
      <Group gap={8} wrap="nowrap">
        <IconAlertTriangle size={16} color="var(--state-warn)" aria-hidden />
        <span style={{ flex: 1, minWidth: 0 }}>{t('imports.cutShort', { name: job.name })}</span>
        <Button size="compact-sm" loading={again.busy} onClick={() => again.run()}>
          {t('imports.again')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" loading={forget.busy} onClick={() => forget.run()}>
          {t('imports.forget')}
        </Button>
      </Group>
      {error && <ErrorCard error={error} />}
    </>
  )
}
