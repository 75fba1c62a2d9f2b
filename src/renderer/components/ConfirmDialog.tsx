import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAction } from '../api/use-call.ts'
import { useT } from '../i18n/translate.ts'
import { ErrorCard } from './ErrorCard.tsx'

interface ConfirmDialogProps {
  title: string
  /** What will be lost. */
  children: ReactNode
  confirm: string
  onConfirm(): Promise<unknown>
  onClose(): void
}

/** Asks before something is lost, and stays open with the reason where it is refused. */
export function ConfirmDialog({ title, children, confirm, onConfirm, onClose }: ConfirmDialogProps): ReactNode {
  const { t } = useT()
  const action = useAction(async () => {
    await onConfirm()
    onClose()
  })
  return (
    <Modal opened onClose={onClose} title={title} size="md" centered>
      <Stack gap={12}>
        <div>{children}</div>
        {action.error && <ErrorCard error={action.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.keep')}
          </Button>
          <Button color="red" loading={action.busy} onClick={() => action.run()}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
