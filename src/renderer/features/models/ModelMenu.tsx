import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import {
  IconArchive,
  IconArrowBackUp,
  IconCircleCheck,
  IconDots,
  IconPencil,
  IconShieldCheck,
  IconStar,
  IconTrash,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useT } from '../../i18n/translate.ts'

interface ModelMenuProps {
  model: Model
  busy: boolean
  run(work: () => Promise<unknown>): void
  onDescribe(): void
  onRemove(): void
}

/** Everything that can be done with a version besides using it. */
export function ModelMenu({ model, busy, run, onDescribe, onRemove }: ModelMenuProps): ReactNode {
  const { t } = useT()
  const { registry } = client
  const { id } = model
  const item = (Icon: typeof IconDots, label: string, onClick: () => void, color?: string) => (
    <Menu.Item leftSection={<Icon size={14} />} onClick={onClick} {...(color ? { color } : {})}>
      {label}
    </Menu.Item>
  )
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('models.actions')}>
          <ActionIcon aria-label={t('models.actions')} loading={busy}>
            <IconDots size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {!model.isCurrent &&
          model.state !== 'archived' &&
          item(IconStar, t('models.makeCurrent'), () => run(() => registry.makeCurrent({ id })))}
        {model.isCurrent &&
          model.version > 1 &&
          item(IconArrowBackUp, t('models.rollBack'), () => run(() => registry.rollBack({ id })))}
        {model.state !== 'active' &&
          item(IconCircleCheck, t('models.activate'), () => run(() => registry.activate({ id })))}
        {item(IconShieldCheck, t('models.verify'), () => run(() => registry.verify({ id })))}
        {item(IconPencil, t('models.describe'), onDescribe)}
        {model.state !== 'archived' &&
          item(IconArchive, t('models.archive'), () => run(() => registry.archive({ id })))}
        <Menu.Divider />
        {item(IconTrash, t('common.delete'), onRemove, 'red')}
      </Menu.Dropdown>
    </Menu>
  )
}
