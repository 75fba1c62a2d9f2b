import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type Dataset, type DatasetRow, type Unit, unitSchema } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Facts } from '../../components/Layout.tsx'
import { boundOfPX, concentrationOf, formatConcentration, formatPX, pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate, setParams } from '../../route/use-route.ts'
import { cleared, NOTHING } from './row-filter.ts'

interface CompoundDialogProps {
  dataset: Dataset
  row: DatasetRow
  onClose(): void
}

/** One compound in full, and what can be done about it. */
export function CompoundDialog({ dataset, row, onClose }: CompoundDialogProps): ReactNode {
  const { t } = useT()
  const [editing, setEditing] = useState(false)
  const show = (changes: Record<string, string>): void => {
    setParams({ ...cleared(), rsort: '', rdesc: '', ...changes }, false)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={row.id ?? t('compound.line', { line: row.line })} size="lg">
      <Group align="flex-start" gap={20} wrap="wrap">
        <Depiction smiles={row.smiles} width={300} height={220} />
        <div style={{ flex: 1, minWidth: 220 }}>
          <Facts
            items={[
              [pXName(dataset.endpoint), `${boundOfPX(row.relation)}${formatPX(row.pX)}`],
              [t('data.concentration'), formatConcentration(concentrationOf(row.pX))],
              [t('compound.raw'), row.rawValue],
              [t('data.line'), row.line],
              row.split === null ? null : [t('data.split'), row.split],
              row.date ? [t('compound.date'), row.date] : null,
              [
                'SMILES',
                <span key="smiles" className="mono" style={{ overflowWrap: 'anywhere' }}>
                  {row.smiles}
                </span>,
              ],
            ]}
          />
        </div>
      </Group>
      {editing ? (
        <ChangeValue dataset={dataset} row={row} onDone={onClose} onCancel={() => setEditing(false)} />
      ) : (
        <Group gap={8} mt={16}>
          <Button variant="default" onClick={() => show({ rmode: 'similarity', rs: row.smiles })}>
            {t('compound.similar')}
          </Button>
          {row.scaffold != null && (
            <Button variant="default" onClick={() => show({ rsc: row.scaffold || NOTHING })}>
              {t('compound.sameScaffold')}
            </Button>
          )}
          <Button variant="default" onClick={() => setEditing(true)}>
            {t('compound.change')}
          </Button>
        </Group>
      )}
    </Modal>
  )
}

interface ChangeValueProps {
  dataset: Dataset
  row: DatasetRow
  onDone(): void
  onCancel(): void
}

/** Another value makes a new version; this one stays as it is. */
function ChangeValue({ dataset, row, onDone, onCancel }: ChangeValueProps): ReactNode {
  const { t } = useT()
  const [value, setValue] = useState(row.rawValue)
  const [unit, setUnit] = useState<Unit>(unitSchema.options.find(each => each === dataset.summary?.unit) ?? 'pX')
  const [note, setNote] = useState('')
  const save = useAction(async () => {
    const change = [{ row: row.index, value, unit }]
    const version = await client.versions.edit({ id: dataset.id, change, note })
    onDone()
    navigate({ ...currentRoute(), id: version.id, tab: 'versions' })
  })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.run()
      }}
    >
      <Stack gap={8} mt={16}>
        <Group gap={8} align="flex-end">
          <TextInput
            label={t('compound.value')}
            value={value}
            onChange={event => setValue(event.currentTarget.value)}
            data-autofocus
          />
          <NativeSelect
            label={t('compound.unit')}
            value={unit}
            onChange={event => setUnit(unitSchema.parse(event.currentTarget.value))}
            data={unitSchema.options}
          />
          <TextInput
            label={t('versions.note')}
            value={note}
            onChange={event => setNote(event.currentTarget.value)}
            style={{ flex: 1, minWidth: 180 }}
          />
        </Group>
        <span className="muted">{t('versions.makesNew')}</span>
        {save.error && <ErrorCard error={save.error} />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common.back')}
          </Button>
          <Button type="submit" loading={save.busy} disabled={note.trim() === '' || value.trim() === ''}>
            {t('versions.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
