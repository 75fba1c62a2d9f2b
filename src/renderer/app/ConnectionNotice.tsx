import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { useApp } from '../api/app-store.ts'
import { useT } from '../i18n/translate.ts'
import classes from './frame.module.css'

/** Says that the line is down and that the page is working on it. */
export function ConnectionNotice(): ReactNode {
  const { t } = useT()
  const lost = useApp(state => state.connection === 'lost')
  return (
    <div role="status">
      {lost && (
        <div className={classes.lost}>
          <Loader size={14} color="currentColor" aria-hidden />
          {t('connection.lost')}
        </div>
      )}
    </div>
  )
}
