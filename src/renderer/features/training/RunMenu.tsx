import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowBackUp,
  IconCopy,
  IconDots,
  IconPin,
  IconPinnedOff,
  IconTrash,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { isEnded } from '../../api/app-state.ts'
import { client } from '../../api/host.ts'
import { notifyError } from '../../components/notify-error.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'

/** What can be done with a run besides stopping it. */
export function RunMenu({ job, onRemove }: { job: Job; onRemove(): void }): ReactNode {
  const { t } = useT()
  const update = (changes: { pinned?: boolean; archived?: boolean }): void => {
    client.jobs.update({ id: job.id, ...changes }).catch((error: unknown) => notifyError(error, t))
  }
  const duplicate = (): void =>
    navigate({ page: 'training', id: 'new', params: { ...currentRoute().params, from: job.id } })
  const restore = (): void => {
    client.jobs.restore({ id: job.id }).catch((error: unknown) => notifyError(error, t))
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t('training.more')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={14} />} onClick={duplicate} disabled={job.train === null}>
          {t('training.duplicate')}
        </Menu.Item>
        <Menu.Item
          leftSection={job.pinned ? <IconPinnedOff size={14} /> : <IconPin size={14} />}
          onClick={() => update({ pinned: !job.pinned })}
        >
          {t(job.pinned ? 'training.unpin' : 'training.pin')}
        </Menu.Item>
        {job.trashedAt === null ? (
          <>
            <Menu.Item
              leftSection={job.archivedAt === null ? <IconArchive size={14} /> : <IconArchiveOff size={14} />}
              onClick={() => update({ archived: job.archivedAt === null })}
            >
              {t(job.archivedAt === null ? 'training.archive' : 'training.unarchive')}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={14} />} disabled={!isEnded(job) || job.pinned} onClick={onRemove}>
              {t('training.trash.confirm')}
            </Menu.Item>
          </>
        ) : (
          <Menu.Item leftSection={<IconArrowBackUp size={14} />} onClick={restore}>
            {t('training.restore')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
