import { Button, CopyButton } from '@mantine/core'
import { IconCopy, IconFolderOpen } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useApp } from '../api/app-store.ts'
import { client } from '../api/host.ts'
import { useT } from '../i18n/translate.ts'
import { notifyError } from './notify-error.ts'

type Folder = Parameters<typeof client.logs.openFolder>[0]

/** Opens a folder where the host has a desktop, and copies its path everywhere. */
export function FolderButtons({ folder, path }: { folder: Folder; path: string }): ReactNode {
  const { t } = useT()
  const host = useApp(state => state.info?.host)
  const open = (): void => {
    client.logs.openFolder(folder).catch((error: unknown) => notifyError(error, t))
  }
  return (
    <>
      {host === 'electron' && (
        <Button variant="default" leftSection={<IconFolderOpen size={14} />} onClick={open}>
          {t('log.openFolder')}
        </Button>
      )}
      <CopyButton value={path}>
        {({ copied, copy }) => (
          <Button variant="default" leftSection={<IconCopy size={14} />} onClick={copy} title={path}>
            {t(copied ? 'log.copiedPath' : 'log.copyPath')}
          </Button>
        )}
      </CopyButton>
    </>
  )
}
