import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Moment } from '../../components/Moment.tsx'
import { useT } from '../../i18n/translate.ts'
import classes from './models.module.css'

/** What was done with a version, by whom, the last thing first. */
export function ModelLog({ model }: { model: Model }): ReactNode {
  const { t } = useT()
  // The model changes with everything that is logged, except an export.
  const answer = useCall(signal => client.registry.log({ id: model.id }, { signal }), [model])
  if (answer.error) return <ErrorCard error={answer.error} onRetry={answer.reload} />
  return (
    <ol className={classes.log} aria-label={t('models.tab.log')}>
      {(answer.data ?? []).toReversed().map(({ at, actor, action, detail }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the log only grows at its other end
        <li key={index}>
          <span className="muted" style={{ minWidth: 110 }}>
            <Moment at={at} />
          </span>
          <span>
            {t(`modelAction.${action}`)}
            {action === 'renamed' && ` “${detail.before}” → “${detail.after}”`}
            {(action === 'madeCurrent' || action === 'rolledBack') &&
              detail.before !== null &&
              ` (${t('models.insteadOf', { version: String(detail.before) })})`}
            {action === 'imported' && detail.file ? ` ${detail.file}` : ''}
          </span>
          <span className="muted" style={{ marginLeft: 'auto' }}>
            {actor}
          </span>
        </li>
      ))}
    </ol>
  )
}
