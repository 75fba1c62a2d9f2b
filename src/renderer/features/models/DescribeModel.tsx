import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'

/** The licence, which travels with the passport, and a note, which stays. */
export function DescribeModel({ model, onClose }: { model: Model; onClose(): void }): ReactNode {
  const { t } = useT()
  const [licence, setLicence] = useState(model.licence)
  const [note, setNote] = useState(model.note)
  const save = useAction(async () => {
    await client.registry.describe({ id: model.id, licence, note })
    onClose()
  })
  return (
    <Modal opened onClose={onClose} title={t('models.describe')} size="md" centered>
      <form
        onSubmit={event => {
          event.preventDefault()
          save.run()
        }}
      >
        <Stack gap={12}>
          <TextInput
            label={t('models.licence')}
            description={t('models.licenceText')}
            placeholder="CC BY 4.0"
            value={licence}
            onChange={event => setLicence(event.currentTarget.value)}
            maxLength={10_000}
            data-autofocus
          />
          <Textarea
            label={t('models.note')}
            autosize
            minRows={3}
            value={note}
            onChange={event => setNote(event.currentTarget.value)}
            maxLength={10_000}
          />
          {save.error && <ErrorCard error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.busy}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
