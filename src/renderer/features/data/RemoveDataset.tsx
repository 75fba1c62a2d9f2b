import { Button, Group, List, Modal } from '@mantine/core'
import { type ReactNode, useCallback, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { offerUndo } from '../../components/undo.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'

/** Moves a data set with all its versions to the trash at once, which can be undone; a dialog says what stands against it. */
export function useRemoveDataset(): { remove(dataset: Dataset): void; refusal: ReactNode } {
  const { t } = useT()
  const [refused, setRefused] = useState<UiError | null>(null)
  const remove = useCallback(
    (dataset: Dataset): void => {
      const all = Object.values(useApp.getState().datasets)
      const ids = all.filter(each => each.familyId === dataset.familyId).map(each => each.id)
      client.datasets.remove({ id: dataset.id, allVersions: true }).then(
        () => {
          const route = currentRoute()
          const wasShown = route.page === 'data' && route.id !== null && ids.includes(route.id)
          if (wasShown) navigate({ page: 'data', params: { q: route.params.q ?? '' } })
          offerUndo(
            t('data.deleted', { name: dataset.name }),
            async () => {
              await client.versions.restore({ ids })
              if (wasShown && currentRoute().page === 'data') navigate(route)
            },
            t,
          )
        },
        (error: unknown) => setRefused(toUiError(error)),
      )
    },
    [t],
  )
  return { remove, refusal: refused && <Refusal error={refused} onClose={() => setRefused(null)} /> }
}

function Refusal({ error, onClose }: { error: UiError; onClose(): void }): ReactNode {
  const { t } = useT()
  const users = error.details?.usedBy
  return (
    <Modal opened onClose={onClose} title={t('data.remove.refused')}>
      <ErrorCard error={error} />
      {Array.isArray(users) && users.length > 5 && (
        <List size="sm" mt={8} style={{ maxHeight: 240, overflowY: 'auto' }}>
          {users.map((user: string) => (
            <List.Item key={user}>{user}</List.Item>
          ))}
        </List>
      )}
      <Group justify="flex-end" mt={12}>
        <Button onClick={onClose} data-autofocus>
          {t('common.close')}
        </Button>
      </Group>
    </Modal>
  )
}
