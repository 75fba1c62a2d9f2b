import { Button, Group, Progress, Tabs, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { canCancel, canPause, canResume, isActive, isEnded } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { jobTitle, progressShare, progressText } from '../../components/job-progress.ts'
import { DetailHead, Scroll } from '../../components/Layout.tsx'
import { notifyError } from '../../components/notify-error.ts'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'
import { Repeatability } from './Repeatability.tsx'
import { RunAutopsy } from './RunAutopsy.tsx'
import { RunCharts } from './RunCharts.tsx'
import { RunCheckpoints } from './RunCheckpoints.tsx'
import { RunConfiguration } from './RunConfiguration.tsx'
import { RunEvaluation } from './RunEvaluation.tsx'
import { RunEvents } from './RunEvents.tsx'
import { RunLine } from './RunLine.tsx'
import { RunLog } from './RunLog.tsx'
import { RunMenu } from './RunMenu.tsx'
import { RunResources } from './RunResources.tsx'
import classes from './training.module.css'

const TABS = ['charts', 'autopsy', 'evaluation', 'log', 'resources', 'configuration', 'checkpoints', 'events'] as const

interface RunDetailProps {
  job: Job
  tab: string | null
  onRemove(): void
}

export function RunDetail({ job, tab, onRemove }: RunDetailProps): ReactNode {
  const { t } = useT()
  const tabs = TABS.filter(name => name !== 'autopsy' || job.reason === 'nan')
  const current = tabs.find(name => name === tab) ?? 'charts'
  return (
    <>
      <DetailHead
        title={jobTitle(job)}
        below={
          <span className={classes.tags}>
            <JobStateBadge state={job.state} />
            <RunLine number={job.number} />
            {job.tags.map(tag => (
              <span key={tag} className={classes.tag}>
                {tag}
              </span>
            ))}
          </span>
        }
        actions={
          <>
            {job.modelId && !job.train?.refitOf && <RefitButton modelId={job.modelId} />}
            {job.modelId && (
              <Button component="a" href={`#/models/${job.modelId}`} variant="default">
                {t('training.openModel')}
              </Button>
            )}
            <RunMenu job={job} onRemove={onRemove} />
          </>
        }
        onClose={() => navigate({ ...currentRoute(), id: null, tab: null })}
      />
      <RunControls job={job} />
      <Tabs
        value={current}
        onChange={next => navigate({ ...currentRoute(), tab: next })}
        style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
      >
        <Tabs.List px={8}>
          {tabs.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`training.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={current} style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
          {current === 'charts' && (
            <Scroll label={t('training.tab.charts')}>
              <RunCharts job={job} />
            </Scroll>
          )}
          {current === 'autopsy' && <RunAutopsy job={job} />}
          {current === 'checkpoints' && <RunCheckpoints job={job} />}
          {current === 'evaluation' && <RunEvaluation job={job} />}
          {current === 'configuration' && <RunConfiguration job={job} />}
          {current === 'resources' && <RunResources job={job} />}
          {current === 'log' && <RunLog job={job} />}
          {current === 'events' && <RunEvents job={job} />}
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** Trains the recipe again on all rows, once; the run that does is shown then. */
function RefitButton({ modelId }: { modelId: string }): ReactNode {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  const refit = useAction(async () => {
    try {
      const started = await client.jobs.refit({ modelId })
      navigate({ page: 'training', id: started.id })
    } catch (error) {
      notifyError(error, t)
    }
  })
  const done = Object.values(jobs).find(({ train, state }) => train?.refitOf === modelId && !hasFailed(state))
  if (done) {
    return (
      <Button component="a" href={`#/training/${done.id}`} variant="default">
        {t('training.openRefit')}
      </Button>
    )
  }
  return (
    <Tooltip label={t('training.refitText')} multiline w={280}>
      <Button variant="default" loading={refit.busy} onClick={() => refit.run()}>
        {t('training.refitNow')}
      </Button>
    </Tooltip>
  )
}

function hasFailed(state: Job['state']): boolean {
  return state === 'failed' || state === 'cancelled'
}

/** Progress, and what can be done with the run now. Says what stopping keeps. */
function RunControls({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const cancel = useAction(() => client.jobs.cancel({ id: job.id }))
  const pause = useAction(() => client.jobs.pause({ id: job.id }))
  const resume = useAction(() => client.jobs.resume({ id: job.id }))
  const share = progressShare(job)
  const error = cancel.error ?? pause.error ?? resume.error
  const going = !isEnded(job)
  if (!going && !canResume(job) && !job.error) return null
  return (
    <div className={classes.progress}>
      {job.error && <ErrorCard error={job.error} />}
      {isActive(job) && (
        <Progress value={(share ?? 1) * 100} animated={share === null} aria-label={t('training.progress')} size="sm" />
      )}
      <Group gap={8} wrap="nowrap">
        <span style={{ flex: 1 }} className="muted">
          {isActive(job) ? progressText(job, t, language) : t(`training.hint.${hintOf(job)}`)}
        </span>
        {canResume(job) && (
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={14} />}
            loading={resume.busy}
            onClick={() => resume.run()}
          >
            {t('common.resume')}
          </Button>
        )}
        {canPause(job) && (
          <Tooltip label={t('training.pauseKeeps')}>
            <Button
              variant="default"
              leftSection={<IconPlayerPause size={14} />}
              loading={pause.busy}
              onClick={() => pause.run()}
            >
              {t('common.pause')}
            </Button>
          </Tooltip>
        )}
        {going && (
          <Button
            variant="default"
            c="var(--state-bad)"
            disabled={!canCancel(job)}
            loading={cancel.busy}
            onClick={() => cancel.run()}
          >
            {t('common.cancel')}
          </Button>
        )}
      </Group>
      {going && (
        <span className="muted" style={{ fontSize: 12 }}>
          {job.hasCheckpoint ? t('training.cancelKeeps') : t('training.cancelKeepsLog')}
        </span>
      )}
      {canResume(job) && job.hasCheckpoint && <Repeatability job={job} />}
      {error && <ErrorCard error={error} />}
    </div>
  )
}

function hintOf(job: Job): 'queued' | 'paused' | 'canResume' | 'startsOver' | 'ended' {
  if (job.state === 'queued') return 'queued'
  if (job.state === 'paused') return 'paused'
  if (!canResume(job)) return 'ended'
  return job.hasCheckpoint ? 'canResume' : 'startsOver'
}
