import { Kbd, Modal } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { useT } from '../i18n/translate.ts'
import classes from './frame.module.css'
import { SHORTCUTS } from './shortcuts.ts'

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose(): void }): ReactNode {
  const { t } = useT()
  return (
    <Modal opened={opened} onClose={onClose} title={t('shortcut.title')} centered>
      <dl className={classes.keys}>
        {SHORTCUTS.map(([keys, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {keys.map(key =>
                key === '…' ? (
                  ' … '
                ) : (
                  <Kbd key={key} size="xs" ml={4}>
                    {key}
                  </Kbd>
                ),
              )}
            </dt>
            <dd>{t(meaning)}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  )
}
