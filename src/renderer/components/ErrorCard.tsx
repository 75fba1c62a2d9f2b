import { Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { UiError } from '../api/ui-error.ts'
import { known, type Translate, useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

type Shown = Pick<UiError, 'code' | 'message'>

interface ErrorCardProps {
  error: Shown
  onRetry?: () => void
  children?: ReactNode
}

/** What happened, where, and what to do next. */
export function ErrorCard({ error, onRetry, children }: ErrorCardProps): ReactNode {
  const { t } = useT()
  const next = known(`error.${error.code}.next`)
  return (
    <div className={classes.error} role="alert">
      <div className={classes.errorTitle}>
        <IconAlertTriangle size={16} aria-hidden />
        <span>{errorTitle(error, t)}</span>
        {error.code !== 'connection' && (
          <Text span className="mono" c="dimmed" fz={11} ml="auto">
            {error.code}
          </Text>
        )}
      </div>
      {error.message !== '' && <div style={{ overflowWrap: 'anywhere' }}>{error.message}</div>}
      {next && <div className="muted">{t(next)}</div>}
      {(onRetry || children) && (
        <Group gap={8} mt={4}>
          {onRetry && (
            <Button variant="default" onClick={onRetry}>
              {t('common.tryAgain')}
            </Button>
          )}
          {children}
        </Group>
      )}
    </div>
  )
}

export function errorTitle(error: Shown, t: Translate): string {
  const title = known(`error.${error.code}.title`)
  return title ? t(title) : t('error.unknown.title')
}
