import { notifications } from '@mantine/notifications'
import { toUiError } from '../api/ui-error.ts'
import type { Translate } from '../i18n/translate.ts'
import { errorTitle } from './ErrorCard.tsx'

/** For what fails after its own place on the page has gone: a command of the palette, a file saved from a menu. */
export function notifyError(error: unknown, t: Translate): void {
  const shown = toUiError(error)
  notifications.show({ color: 'red', title: errorTitle(shown, t), message: shown.message, autoClose: 10_000 })
}
