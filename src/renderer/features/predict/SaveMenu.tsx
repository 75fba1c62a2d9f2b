import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ExportFormat, ResultFilter } from '../../../shared/contract/predictions.ts'
import { client, downloadTicket, saveBlob } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import type { Endpoint } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { PNG_ROWS, rankedPng } from './ranked-png.ts'
import type { ResultRow, TableModel } from './ranked-rows.ts'

interface SaveMenuProps {
  request: {
    resultId: string
    sort: 'line' | 'prediction' | 'domainDistance' | 'width'
    modelIndex: number
    descending: boolean
    filter: ResultFilter
  }
  models: readonly TableModel[]
  endpoint: Endpoint
  topRows(limit: number): Promise<ResultRow[]>
}

/** The table as it is shown, ranked and filtered, as a file. */
export function SaveMenu({ request, models, endpoint, topRows }: SaveMenuProps): ReactNode {
  const { t } = useT()
  const save = useAction(async (format: ExportFormat, formulaSafe: boolean) =>
    downloadTicket(await client.predictions.export({ ...request, format, formulaSafe })),
  )
  const picture = useAction(async () => {
    const rows = await topRows(PNG_ROWS)
    saveBlob(await rankedPng({ rows, models, endpoint }), 'ranked predictions.png')
  })
  const error = save.error ?? picture.error
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button
            variant="default"
            style={{ flex: 'none' }}
            leftSection={<IconDownload size={14} />}
            rightSection={<IconChevronDown size={14} />}
            loading={save.busy || picture.busy}
          >
            {t('predict.save')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save.run('csv', true)}>{t('predict.saveCsv')}</Menu.Item>
          <Menu.Item onClick={() => save.run('csv', false)}>{t('predict.saveCsvRaw')}</Menu.Item>
          <Menu.Item onClick={() => save.run('xlsx', true)}>{t('predict.saveXlsx')}</Menu.Item>
          <Menu.Item onClick={() => save.run('sdf', true)}>{t('predict.saveSdf')}</Menu.Item>
          <Menu.Item onClick={() => picture.run()}>{t('predict.savePng', { count: PNG_ROWS })}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {error && <ErrorCard error={error} />}
    </>
  )
}
