import { ActionIcon, Button, Group, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconDeviceFloppy, IconHistory, IconPin, IconPinnedOff } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Checkpoint } from '../../../shared/contract/checkpoints.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import { canPause, canResume } from '../../api/app-state.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, Scroll, Section } from '../../components/Layout.tsx'
import layout from '../../components/layout.module.css'
import { Moment } from '../../components/Moment.tsx'
import { fixed } from '../../format/affinity.ts'
import { formatBytes, formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { Repeatability } from './Repeatability.tsx'

/** The states a run has kept of itself: to pin, and to go on from. */
export function RunCheckpoints({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  // The job is told again with every checkpoint.
  const { data, error, reload } = useCall(signal => client.checkpoints.list({ jobId: job.id }, { signal }), [job])
  const save = useAction(() => client.checkpoints.save({ jobId: job.id }))
  const pin = useAction(async ({ file, kind }: Checkpoint) => {
    await client.checkpoints.pin({ jobId: job.id, file, pinned: kind !== 'pinned' })
    reload()
  })
  const [chosen, setChosen] = useState<Checkpoint | null>(null)
  const failed = error ?? save.error ?? pin.error
  const checkpoints = data?.checkpoints ?? []
  return (
    <Scroll label={t('training.tab.checkpoints')}>
      {failed && <ErrorCard error={failed} />}
      <Group gap={12} wrap="nowrap" align="flex-start">
        <span className="muted" style={{ flex: 1 }}>
          {t('checkpoint.about')}
        </span>
        {canPause(job) && (
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={14} />}
            loading={save.busy}
            onClick={() => save.run()}
          >
            {t('checkpoint.saveNow')}
          </Button>
        )}
      </Group>
      {/* Beside Resume above where the run can go on. */}
      {!canResume(job) && <Repeatability job={job} />}
      {data && checkpoints.length === 0 && <EmptyNote title={t('checkpoint.none')} text={t('checkpoint.noneText')} />}
      {checkpoints.length > 0 && (
        <CheckpointTable job={job} checkpoints={checkpoints} onPin={pin.run} onResume={setChosen} />
      )}
      {data?.damaged.map(({ file, reason }) => (
        <Section key={file} title={file}>
          {reason}
        </Section>
      ))}
      {chosen && (
        <ConfirmDialog
          title={t('checkpoint.resumeTitle', { step: chosen.step })}
          confirm={t('common.resume')}
          onConfirm={() => client.checkpoints.resume({ jobId: job.id, file: chosen.file })}
          onClose={() => setChosen(null)}
        >
          {t('checkpoint.resumeText')}
        </ConfirmDialog>
      )}
    </Scroll>
  )
}

interface CheckpointTableProps {
  job: Job
  checkpoints: readonly Checkpoint[]
  onPin(checkpoint: Checkpoint): void
  onResume(checkpoint: Checkpoint): void
}

function CheckpointTable({ job, checkpoints, onPin, onResume }: CheckpointTableProps): ReactNode {
  const { t, language } = useT()
  const figure = (value: number | null): string => (value === null ? '–' : formatCount(value, language))
  return (
    <div className={layout.tableBox}>
      <table className={layout.table} aria-label={t('training.tab.checkpoints')}>
        <thead>
          <tr>
            <th scope="col">{t('checkpoint.kind')}</th>
            <th scope="col">{t('checkpoint.step')}</th>
            <th scope="col">{t('checkpoint.member')}</th>
            <th scope="col">{t('checkpoint.epoch')}</th>
            <th scope="col">{t('checkpoint.best')}</th>
            <th scope="col">{t('checkpoint.saved')}</th>
            <th scope="col">{t('checkpoint.size')}</th>
            <th scope="col">
              <VisuallyHidden>{t('checkpoint.actions')}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {checkpoints.map(checkpoint => (
            <tr key={checkpoint.file}>
              <td title={checkpoint.file}>{t(`checkpoint.kind.${checkpoint.kind}`)}</td>
              <td>{formatCount(checkpoint.step, language)}</td>
              <td>{figure(checkpoint.member)}</td>
              <td>{figure(checkpoint.epoch)}</td>
              <td>{checkpoint.bestScore === null ? '–' : fixed(checkpoint.bestScore, 3)}</td>
              <td>
                <Moment at={checkpoint.savedAt} />
              </td>
              <td>{formatBytes(checkpoint.sizeBytes, language)}</td>
              <td>
                <CheckpointActions job={job} checkpoint={checkpoint} onPin={onPin} onResume={onResume} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CheckpointActions({
  job,
  checkpoint,
  onPin,
  onResume,
}: Omit<CheckpointTableProps, 'checkpoints'> & { checkpoint: Checkpoint }): ReactNode {
  const { t } = useT()
  // The best weights are always kept, and are no state to go on from.
  if (checkpoint.kind === 'best') return null
  const { step } = checkpoint
  const pinText = t(checkpoint.kind === 'pinned' ? 'checkpoint.unpin' : 'checkpoint.pin')
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Tooltip label={pinText}>
        <ActionIcon aria-label={`${pinText}, ${t('checkpoint.ofStep', { step })}`} onClick={() => onPin(checkpoint)}>
          {checkpoint.kind === 'pinned' ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
        </ActionIcon>
      </Tooltip>
      {canResume(job) && (
        <Tooltip label={t('checkpoint.resume')}>
          <ActionIcon
            aria-label={`${t('checkpoint.resume')}, ${t('checkpoint.ofStep', { step })}`}
            onClick={() => onResume(checkpoint)}
          >
            <IconHistory size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}
