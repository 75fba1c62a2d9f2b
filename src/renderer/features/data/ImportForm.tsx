import { Button, NativeSelect, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useMemo, useState } from 'react'
import type { RememberedChoice, TablePreview } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatBytes } from '../../format/quantities.ts'
import { known, useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'
import { RememberedNote, TrialCounts } from './ImportNotes.tsx'
import { ImportParticulars } from './ImportParticulars.tsx'
import { ImportReading } from './ImportReading.tsx'
import { FileTable, MadeTable } from './ImportTables.tsx'
import classes from './import.module.css'
import {
  assignRole,
  type Choices,
  choicesAsBefore,
  choicesOf,
  missingChoices,
  optionsOf,
  previewOptions,
  ROLES,
} from './import-choices.ts'

interface ImportFormProps {
  uploadId: string
  preview: TablePreview & { remembered?: RememberedChoice | undefined }
  versionOf: { id: string; name: string } | undefined
  /** Another table of the archive, another sheet of the workbook. */
  onTable(table: ChosenTable): void
  onDone(): void
}

export interface ChosenTable {
  member: string | null
  sheet: string | null
}

export function ImportForm({ uploadId, preview, versionOf, onTable, onDone }: ImportFormProps): ReactNode {
  const { t, language } = useT()
  const [choices, setChoices] = useState<Choices>(() => initialChoices(preview, versionOf?.name))
  const [remembered, setRemembered] = useState(preview.remembered)
  const propose = (): void => {
    setRemembered(undefined)
    setChoices(initialChoices({ ...preview, remembered: undefined }, versionOf?.name))
  }
  const forget = useAction(async (shape: string) => {
    await client.datasets.forgetChoice({ shape })
    propose()
  })
  const missing = missingChoices(choices)
  const wanted = useMemo(() => previewOptions(choices), [choices])
  const [settled] = useDebouncedValue(wanted, 150)
  const made = useCall(settled && (signal => client.datasets.tryOptions({ uploadId, options: settled }, { signal })), [
    uploadId,
    settled,
  ])
  const start = useAction(async () => {
    const options = optionsOf(choices)
    if (!options) return
    const { datasetId } = await client.datasets.import({
      uploadId,
      options,
      remember: true,
      ...(versionOf ? { versionOf: versionOf.id } : {}),
    })
    onDone()
    navigate({ page: 'data', id: datasetId })
  })

  return (
    <form
      className={classes.body}
      onSubmit={event => {
        event.preventDefault()
        start.run()
      }}
    >
      <Text c="dimmed" fz="xs">
        {t(`import.format.${preview.format}`)} · {preview.encoding} · {formatBytes(preview.sizeBytes, language)}
        {preview.headerLine > 1 && ` · ${t('import.headerLine', { line: preview.headerLine })}`}
        {preview.headerLine === 0 && ` · ${t('import.noHeader')}`}
      </Text>
      {remembered && (
        <RememberedNote remembered={remembered} onPropose={propose} onForget={() => forget.run(remembered.shape)} />
      )}
      {forget.error && <ErrorCard error={forget.error} />}
      <TableSelects preview={preview} onTable={onTable} />
      <RoleSelects preview={preview} choices={choices} onChange={setChoices} />
      <ImportParticulars choices={choices} onChange={setChoices} missing={missing} />
      <ImportReading choices={choices} onChange={setChoices} />
      <div className={classes.tables}>
        <FileTable preview={preview} choices={choices} onChange={setChoices} />
        <MadeTable
          rows={made.data?.rows}
          error={made.error}
          endpoint={choices.endpoint ?? 'other'}
          waitingFor={settled ? null : missing}
        />
      </div>
      {start.error && <ErrorCard error={start.error} />}
      <div className={classes.foot}>
        <Text c="dimmed" fz="xs" style={{ flex: 1 }} aria-live="polite">
          {missing.length === 0 && made.data && <TrialCounts trial={made.data} />}
          {missing.length > 0 &&
            t('import.missing', { what: missing.map(name => t(`import.missing.${name}`)).join(', ') })}
        </Text>
        <Button variant="default" onClick={onDone}>
          {t('import.skip')}
        </Button>
        <Button type="submit" data-default-action disabled={missing.length > 0} loading={start.busy}>
          {t('import.start')}
        </Button>
      </div>
    </form>
  )
}

function initialChoices(preview: ImportFormProps['preview'], name: string | undefined): Choices {
  const { remembered } = preview
  const choices = remembered === undefined ? choicesOf(preview) : choicesAsBefore(preview, remembered.options)
  return name === undefined ? choices : { ...choices, name }
}

interface PartProps {
  choices: Choices
  onChange(choices: Choices): void
}

/** Which column plays which part, and why Bindery thinks so. */
function RoleSelects({ preview, choices, onChange }: PartProps & { preview: TablePreview }): ReactNode {
  const { t } = useT()
  const columns = preview.columns.map((name, index) => ({
    value: String(index),
    label: name || t('import.column', { n: index + 1 }),
  }))
  return (
    <div className={classes.roles}>
      {ROLES.map(role => {
        const proposed = preview.proposal[role] ?? null
        const asProposed = proposed !== null && proposed === choices.roles[role]
        const rule = asProposed ? preview.reasons[role] : undefined
        const text = rule && known(`reason.${rule}`)
        return (
          <div key={role}>
            <NativeSelect
              label={t(`role.${role}`)}
              withAsterisk={role === 'smiles' || role === 'value'}
              value={choices.roles[role] === null ? '' : String(choices.roles[role])}
              onChange={({ currentTarget: { value } }) =>
                onChange(assignRole(choices, role, value === '' ? null : Number(value)))
              }
              data={[{ value: '', label: t('import.noColumn') }, ...columns]}
            />
            <div className={classes.reason}>{text ? t(text) : rule}</div>
          </div>
        )
      })}
    </div>
  )
}

/** Which table of an archive, which sheet of a workbook; nothing where there is only one. */
function TableSelects({ preview, onTable }: Pick<ImportFormProps, 'preview' | 'onTable'>): ReactNode {
  const { t, language } = useT()
  const { members = [], member = null, sheets = [], sheet = null } = preview
  if (members.length < 2 && sheets.length < 2) return null
  return (
    <div className={classes.form}>
      {members.length > 1 && (
        <NativeSelect
          label={t('import.member')}
          value={member ?? ''}
          onChange={event => onTable({ member: event.currentTarget.value, sheet: null })}
          data={members.map(({ name, sizeBytes }) => ({
            value: name,
            label: `${name} (${formatBytes(sizeBytes, language)})`,
          }))}
        />
      )}
      {sheets.length > 1 && (
        <NativeSelect
          label={t('import.sheet')}
          value={sheet ?? ''}
          onChange={event => onTable({ member, sheet: event.currentTarget.value })}
          data={sheets}
        />
      )}
    </div>
  )
}
