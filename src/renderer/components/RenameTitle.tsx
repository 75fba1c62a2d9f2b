import { ActionIcon, Group, TextInput, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useAction } from '../api/use-call.ts'
import { useT } from '../i18n/translate.ts'
import { errorTitle } from './ErrorCard.tsx'

interface RenameTitleProps {
  name: string
  onRename(name: string): Promise<unknown>
}

/** A title that can be changed in place: Enter keeps the new name, Esc the old one. */
export function RenameTitle({ name, onRename }: RenameTitleProps): ReactNode {
  const { t } = useT()
  const [draft, setDraft] = useState<string | null>(null)
  const action = useAction(async (next: string) => {
    if (next !== '' && next !== name) await onRename(next)
    setDraft(null)
  })

  if (draft === null) {
    return (
      <Group gap={4} wrap="nowrap">
        <span className="truncate">{name}</span>
        <Tooltip label={t('common.rename')}>
          <ActionIcon size="sm" aria-label={t('common.rename')} onClick={() => setDraft(name)}>
            <IconPencil size={14} />
          </ActionIcon>
        </Tooltip>
      </Group>
    )
  }
  return (
    <TextInput
      aria-label={t('common.name')}
      value={draft}
      autoFocus
      maxLength={255}
      error={action.error && errorTitle(action.error, t)}
      onChange={event => setDraft(event.currentTarget.value)}
      onBlur={() => action.run(draft.trim())}
      onKeyDown={event => {
        if (event.key === 'Enter') action.run(draft.trim())
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setDraft(null)
      }}
    />
  )
}
