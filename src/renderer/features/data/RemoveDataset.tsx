import type { ReactNode } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'

export function RemoveDataset({ dataset, onClose }: { dataset: Dataset; onClose(): void }): ReactNode {
  const { t, language } = useT()
  return (
    <ConfirmDialog
      title={t('data.remove.title', { name: dataset.name })}
      confirm={t('common.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await client.datasets.remove({ id: dataset.id })
        if (currentRoute().id === dataset.id) navigate({ page: 'data' })
      }}
    >
      {t('data.remove.lost', { rows: formatCount(dataset.rows.read, language), file: dataset.fileName })}
    </ConfirmDialog>
  )
}
