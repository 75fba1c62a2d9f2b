import { Button, Group, Progress } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { canCancel, isEnded } from '../../api/app-state.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { progressShare, progressText } from '../../components/job-progress.ts'
import { EmptyNote, Scroll } from '../../components/Layout.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import classes from './predict.module.css'
import type { PredictView } from './predict-view.tsx'
import { RankedTable } from './RankedTable.tsx'

interface TableAnswerProps {
  job: Job
  model: PredictView['model']
}

/** Rows are looked at anew when so many more are there. */
const REFRESH_ROWS = 2_000

/** How far the table is, and its rows as far as they are there. */
export function TableAnswer({ job, model }: TableAnswerProps): ReactNode {
  const { t } = useT()
  const found = useCall(signal => client.predictions.find({ jobId: job.id }, { signal }), [job.id])
  const ended = isEnded(job)
  const done = job.progress?.done ?? 0
  // A cancelled table is gone, and one that failed at its file never was.
  const hasRows = job.state === 'completed' || (done > 0 && job.state !== 'cancelled') || job.hasCheckpoint
  const version = ended || job.state === 'paused' ? job.state : `${job.state} ${Math.ceil(done / REFRESH_ROWS)}`
  if (found.error) {
    return (
      <Scroll>
        <ErrorCard error={found.error} onRetry={found.reload} />
      </Scroll>
    )
  }
  return (
    <>
      {job.state !== 'completed' && <TableProgress job={job} />}
      {hasRows && found.data ? (
        <RankedTable
          resultId={found.data.resultId}
          model={model}
          version={version}
          complete={job.state === 'completed'}
        />
      ) : (
        job.state === 'completed' && <EmptyNote title={t('common.loading')} />
      )}
    </>
  )
}

function TableProgress({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const cancel = useAction(() => client.jobs.cancel({ id: job.id }))
  const pause = useAction(() => client.jobs.pause({ id: job.id }))
  const resume = useAction(() => client.jobs.resume({ id: job.id }))
  const share = progressShare(job)
  const stopped = job.state === 'paused' || (isEnded(job) && job.hasCheckpoint)
  const error = cancel.error ?? pause.error ?? resume.error
  return (
    <div className={classes.progress}>
      <Group gap={12}>
        <JobStateBadge state={job.state} />
        {!isEnded(job) && <span className="muted">{progressText(job, t, language)}</span>}
        {stopped && <span className="muted">{t('predict.stoppedText')}</span>}
      </Group>
      {!isEnded(job) && job.state !== 'paused' && (
        <Progress value={(share ?? 1) * 100} animated={share === null} aria-label={t('predict.progress')} />
      )}
      <Group gap={8}>
        {stopped && (
          <Button leftSection={<IconPlayerPlay size={14} />} loading={resume.busy} onClick={() => resume.run()}>
            {t('predict.resume')}
          </Button>
        )}
        {job.state === 'running' && (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={14} />}
            loading={pause.busy}
            onClick={() => pause.run()}
          >
            {t('predict.pause')}
          </Button>
        )}
        {!isEnded(job) && (
          <Button variant="default" disabled={!canCancel(job)} loading={cancel.busy} onClick={() => cancel.run()}>
            {t('common.cancel')}
          </Button>
        )}
      </Group>
      {job.error && <ErrorCard error={job.error} />}
      {error && <ErrorCard error={error} />}
    </div>
  )
}
