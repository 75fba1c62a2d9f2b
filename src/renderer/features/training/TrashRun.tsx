import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { jobTitle } from '../../components/job-progress.ts'
import { formatBytes } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'

/** Says what a run takes on the disk before it goes to the trash, from which it can come back. */
export function TrashRun({ job, onClose }: { job: Job; onClose(): void }): ReactNode {
  const { t, language } = useT()
  const usage = useCall(signal => client.jobs.usage({ id: job.id }, { signal }), [job.id])
  return (
    <ConfirmDialog
      title={t('training.trash.title', { name: jobTitle(job) })}
      confirm={t('training.trash.confirm')}
      onClose={onClose}
      onConfirm={async () => {
        await client.jobs.trash({ id: job.id })
        if (currentRoute().id === job.id) navigate({ ...currentRoute(), id: null, tab: null })
      }}
    >
      {t('training.trash.text')}{' '}
      {usage.data && t('training.trash.frees', { size: formatBytes(usage.data.bytes, language) })}
    </ConfirmDialog>
  )
}
