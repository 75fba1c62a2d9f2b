import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconDotsVertical, IconGripVertical } from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, type ReactNode, useState } from 'react'
import { type Priority, prioritySchema } from '../../../shared/contract/job-parts.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { LaneState } from '../../../shared/contract/queue.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { hrefOfJob } from '../../components/job-link.ts'
import { jobTitle } from '../../components/job-progress.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './home.module.css'
import { waitingText } from './waiting-text.ts'

type Waiting = LaneState['waiting'][number]

/** What waits, lane by lane, in the order in which it starts; dragged, or moved by buttons and Alt with the arrow keys. */
export function QueueList(): ReactNode {
  const { t } = useT()
  // The order and the times follow from these: read again when one of them changes.
  const turn = useApp(state =>
    Object.values(state.jobs)
      .map(job => `${job.id}${job.state}${job.priority}${job.waitsFor.length}${job.retryAt}`)
      .join(),
  )
  const queue = useCall(() => client.queue.read(), [turn])
  const move = useAction(async (id: string, before: string | null) => {
    await client.queue.move({ id, before })
    queue.reload()
  })
  const lanes = (queue.data ?? []).filter(lane => lane.waiting.length > 0)
  if (queue.error) return <ErrorCard error={queue.error} />
  if (lanes.length === 0) return <span className="muted">{t('queue.empty')}</span>
  return (
    <>
      {move.error && <ErrorCard error={move.error} />}
      {lanes.map(lane => (
        <LaneList key={lane.lane} lane={lane} onMove={move.run} onChange={queue.reload} />
      ))}
    </>
  )
}

interface LaneListProps {
  lane: LaneState
  onMove(id: string, before: string | null): void
  onChange(): void
}

function LaneList({ lane, onMove, onChange }: LaneListProps): ReactNode {
  const { t } = useT()
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const ids = lane.waiting.map(({ id }) => id)

  function drop(before: string | null): void {
    if (dragged !== null && dragged !== before) onMove(dragged, before)
    setDragged(null)
    setOver(null)
  }

  /** One place up or down; beyond an end nothing happens. */
  function step(id: string, by: -1 | 1): void {
    const at = ids.indexOf(id) + by
    if (at < 0 || at >= ids.length) return
    onMove(id, by === -1 ? ids[at]! : (ids[at + 1] ?? null))
  }

  return (
    <ol className={classes.list} aria-label={t(`queue.lane.${lane.lane}`)}>
      {lane.waiting.map(waiting => (
        <QueueRow
          key={waiting.id}
          waiting={waiting}
          of={ids.length}
          isTarget={over === waiting.id && dragged !== waiting.id}
          onChange={onChange}
          onStep={by => step(waiting.id, by)}
          drag={{
            onDragStart: event => {
              event.dataTransfer.effectAllowed = 'move'
              event.dataTransfer.setData('text/plain', waiting.id)
              setDragged(waiting.id)
            },
            onDragOver: event => {
              if (dragged === null) return
              event.preventDefault()
              event.stopPropagation()
              setOver(waiting.id)
            },
            onDrop: event => {
              event.preventDefault()
              event.stopPropagation()
              // Dropped on a later one it takes that one's place, which is behind it.
              const isDown = dragged !== null && ids.indexOf(dragged) < ids.indexOf(waiting.id)
              drop(isDown ? (ids[ids.indexOf(waiting.id) + 1] ?? null) : waiting.id)
            },
            onDragEnd: () => drop(dragged),
          }}
        />
      ))}
    </ol>
  )
}

interface QueueRowProps {
  waiting: Waiting
  of: number
  isTarget: boolean
  onChange(): void
  onStep(by: -1 | 1): void
  drag: {
    onDragStart(event: DragEvent): void
    onDragOver(event: DragEvent): void
    onDrop(event: DragEvent): void
    onDragEnd(): void
  }
}

function QueueRow({ waiting, of, isTarget, onChange, onStep, drag }: QueueRowProps): ReactNode {
  const { t, language } = useT()
  const job = useApp(state => state.jobs[waiting.id])
  if (!job) return null
  const name = jobTitle(job)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    onStep(event.key === 'ArrowUp' ? -1 : 1)
  }
  return (
    <li draggable className={isTarget ? classes.dropTarget : undefined} {...drag}>
      <div className={classes.queued}>
        <IconGripVertical size={14} className={classes.grip} aria-hidden />
        <span className="muted">{waiting.position}</span>
        <a className={classes.grow} href={hrefOfJob(job)} draggable={false} onKeyDown={onKeyDown}>
          <span className="truncate" style={{ display: 'block' }}>
            {name} {job.priority !== 'normal' && <span className="muted">{t(`queue.priority.${job.priority}`)}</span>}
          </span>
          <span className="muted truncate" style={{ display: 'block', fontSize: 12 }}>
            {waitingText(job, waiting, { t, language, now: Date.now() })}
          </span>
        </a>
        <RowActions job={job} onChange={onChange} />
        <Tooltip label={t('queue.up')}>
          <ActionIcon
            aria-label={t('queue.upOf', { name })}
            disabled={waiting.position === 1}
            onClick={() => onStep(-1)}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('queue.down')}>
          <ActionIcon
            aria-label={t('queue.downOf', { name })}
            disabled={waiting.position === of}
            onClick={() => onStep(1)}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
    </li>
  )
}

function RowActions({ job, onChange }: { job: Job; onChange(): void }): ReactNode {
  const { t } = useT()
  const act = useAction(async (what: () => Promise<unknown>) => {
    await what()
    onChange()
  })
  const { id } = job
  return (
    <>
      {act.error && <ErrorCard error={act.error} />}
      {job.waitsFor.length > 0 && (
        <Tooltip label={t('queue.startAnywayHint')} multiline w={280}>
          <Button size="compact-xs" variant="default" onClick={() => act.run(() => client.queue.startAnyway({ id }))}>
            {t('queue.startAnyway')}
          </Button>
        </Tooltip>
      )}
      {job.retryAt !== null && (
        <Button size="compact-xs" variant="default" onClick={() => act.run(() => client.queue.retry({ id }))}>
          {t('queue.retryNow')}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('queue.more', { name: jobTitle(job) })}>
            <IconDotsVertical size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {prioritySchema.options.toReversed().map((priority: Priority) => (
            <Menu.Item
              key={priority}
              disabled={priority === job.priority}
              onClick={() => act.run(() => client.queue.setPriority({ id, priority }))}
            >
              {t(`queue.priority.${priority}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item c="var(--state-bad)" onClick={() => act.run(() => client.jobs.cancel({ id }))}>
            {t('common.cancel')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
