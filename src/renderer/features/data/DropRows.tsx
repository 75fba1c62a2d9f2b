import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Dataset, RowFilter } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'

interface DropRowsProps {
  dataset: Dataset
  total: number
  query: Partial<RowFilter>
}

const PAGE_ROWS = 1000

/** A version without the rows that are shown. */
export function DropRows({ dataset, total, query }: DropRowsProps): ReactNode {
  const { t, language } = useT()
  const [opened, setOpened] = useState(false)
  const [note, setNote] = useState('')
  const drop = useAction(async () => {
    const rows: number[] = []
    for (let offset = 0; offset < total; offset += PAGE_ROWS) {
      const page = await client.datasets.rows({ id: dataset.id, ...query, offset, limit: PAGE_ROWS })
      rows.push(...page.rows.map(row => row.index))
    }
    const version = await client.versions.edit({ id: dataset.id, drop: rows, note })
    navigate({ page: 'data', id: version.id, tab: 'versions', params: { q: currentRoute().params.q ?? '' } })
  })
  const shown = formatCount(total, language)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t('rows.drop', { count: total, shown })}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t('rows.drop.title', { count: total, shown })}>
        <form
          onSubmit={event => {
            event.preventDefault()
            drop.run()
          }}
        >
          <Stack gap={8}>
            <span className="muted">{t('versions.makesNew')}</span>
            <TextInput
              label={t('versions.note')}
              value={note}
              onChange={event => setNote(event.currentTarget.value)}
              data-autofocus
            />
            {drop.error && <ErrorCard error={drop.error} />}
            <Group gap={8} justify="flex-end">
              <Button variant="default" onClick={() => setOpened(false)}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={drop.busy} disabled={note.trim() === ''}>
                {t('versions.make')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
