import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'

/** Closes the dialog that took a model in and leads to the model. */
export function OpenTaken({ modelId, onClose }: { modelId: string; onClose(): void }): ReactNode {
  const { t } = useT()
  return (
    <Group justify="flex-end">
      <Button
        data-autofocus
        onClick={() => {
          onClose()
          navigate({ page: 'models', id: modelId })
        }}
      >
        {t('models.import.open')}
      </Button>
    </Group>
  )
}
