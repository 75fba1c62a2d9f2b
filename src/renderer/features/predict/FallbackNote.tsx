import { IconArrowsExchange } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { AnsweredBy } from '../../../shared/contract/predictions.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './predict.module.css'

/** Another model than the chosen one answered: which, and why. Nothing where the chosen one did. */
export function FallbackNote({ answeredBy }: { answeredBy: AnsweredBy }): ReactNode {
  const { t } = useT()
  const { instead } = answeredBy
  if (instead === null) return null
  return (
    <div className={classes.fallback} role="status">
      <IconArrowsExchange size={18} aria-hidden style={{ flex: 'none', marginTop: 1 }} />
      <div>
        <strong>{t('predict.answeredBy', { name: answeredBy.name })}</strong>
        <div>
          {t('predict.insteadOf', { name: instead.name ?? instead.modelId })} {instead.message}
        </div>
      </div>
    </div>
  )
}
