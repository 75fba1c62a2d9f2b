/** What was done last and can be taken back: from its notification, or with Ctrl+Z. */
import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Translate } from '../i18n/translate.ts'
import { notifyError } from './notify-error.ts'

interface Done {
  notice: string
  undo(): Promise<unknown>
  t: Translate
}

const done: Done[] = []
const KEPT = 20
const SHOWN_MS = 12_000

export function offerUndo(message: string, undo: () => Promise<unknown>, t: Translate): void {
  const notice = notifications.show({
    message: (
      <Group gap={12} justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button variant="default" onClick={() => takeBack(entry)}>
          {t('common.undo')}
        </Button>
      </Group>
    ),
    autoClose: SHOWN_MS,
  })
  const entry: Done = { notice, undo, t }
  done.push(entry)
  if (done.length > KEPT) done.shift()
}

/** Takes the last thing back; `false` where there is nothing. */
export function undoLast(): boolean {
  const last = done.at(-1)
  if (last === undefined) return false
  takeBack(last)
  return true
}

function takeBack(entry: Done): void {
  const at = done.indexOf(entry)
  if (at === -1) return
  done.splice(at, 1)
  notifications.hide(entry.notice)
  entry.undo().catch((error: unknown) => notifyError(error, entry.t))
}
