import { IconArchive, IconCircleCheck, IconInbox, IconShieldCheck, IconStar } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Model, ModelState } from '../../../shared/contract/models.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './models.module.css'

const LOOKS: Record<ModelState, readonly [icon: typeof IconStar, colour: string]> = {
  imported: [IconInbox, '--state-warn'],
  verified: [IconShieldCheck, '--state-good'],
  active: [IconCircleCheck, '--state-good'],
  archived: [IconArchive, '--state-idle'],
}

export function ModelStateBadge({ state }: { state: ModelState }): ReactNode {
  const { t } = useT()
  const [Icon, colour] = LOOKS[state]
  return (
    <span className={classes.badge} style={{ color: `var(${colour})` }} title={t(`modelState.${state}.text`)}>
      <Icon size={14} aria-hidden />
      {t(`modelState.${state}`)}
    </span>
  )
}

/** Which version it is, and whether it is the one that is meant where none is named. */
export function VersionBadge(props: { model: Pick<Model, 'version' | 'isCurrent'>; short?: boolean }): ReactNode {
  const { model, short = false } = props
  const { t } = useT()
  return (
    <span className={classes.version}>
      v{model.version}
      {model.isCurrent && (
        <span className={classes.current} title={t('models.current')}>
          <IconStar size={12} role="img" aria-label={short ? t('models.current') : ''} aria-hidden={!short} />
          {!short && t('models.current')}
        </span>
      )}
    </span>
  )
}
