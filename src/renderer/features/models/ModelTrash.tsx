import { Button, Group, Modal, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Moment } from '../../components/Moment.tsx'
import { useT } from '../../i18n/translate.ts'
import { versionName } from './model-words.ts'

/** Deleted models, which come back or go for good. */
export function ModelTrash({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useT()
  const [purging, setPurging] = useState<Model | null>(null)
  const answer = useCall(signal => client.registry.trash(undefined, { signal }), [])
  const restore = useAction(async (id: string) => {
    await client.registry.restore({ id })
    answer.reload()
  })
  return (
    <Modal opened onClose={onClose} title={t('models.trash')} size="lg" centered>
      <Stack gap={8}>
        <p className="muted" style={{ margin: 0 }}>
          {t('models.trashText')}
        </p>
        {(answer.error ?? restore.error) && <ErrorCard error={(answer.error ?? restore.error)!} />}
        {answer.data?.length === 0 && <p style={{ margin: 0 }}>{t('models.trashEmpty')}</p>}
        {answer.data?.map(model => (
          <Group key={model.id} gap={8} wrap="nowrap">
            <span style={{ flex: 1, minWidth: 0 }} className="truncate">
              {versionName(model)}{' '}
              <span className="muted">
                <Moment at={model.trashedAt ?? 0} />
              </span>
            </span>
            <Button size="compact-sm" variant="default" disabled={restore.busy} onClick={() => restore.run(model.id)}>
              {t('models.restore')}
            </Button>
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setPurging(model)}>
              {t('models.purge')}
            </Button>
          </Group>
        ))}
      </Stack>
      {purging && (
        <ConfirmDialog
          title={t('models.purge.title', { name: versionName(purging) })}
          confirm={t('models.purge')}
          onClose={() => setPurging(null)}
          onConfirm={async () => {
            await client.registry.purge({ id: purging.id })
            answer.reload()
          }}
        >
          {t('models.purge.lost')}
        </ConfirmDialog>
      )}
    </Modal>
  )
}
