import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconFlask,
  IconHandStop,
  IconLoader2,
  IconPlayerPause,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { JobState } from '../../shared/contract/jobs.ts'
import { useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

type Look = readonly [icon: typeof IconClock, colour: string, turns?: boolean]

const JOB_LOOKS: Record<JobState, Look> = {
  draft: [IconCircleDashed, '--state-idle'],
  queued: [IconClock, '--state-idle'],
  preparing: [IconLoader2, '--state-active', true],
  running: [IconLoader2, '--state-active', true],
  pausing: [IconLoader2, '--state-warn', true],
  paused: [IconPlayerPause, '--state-warn'],
  cancelling: [IconLoader2, '--state-warn', true],
  completed: [IconCircleCheck, '--state-good'],
  failed: [IconCircleX, '--state-bad'],
  cancelled: [IconHandStop, '--state-idle'],
  interrupted: [IconPlugConnectedX, '--state-warn'],
}

const DATASET_LOOKS: Record<Dataset['state'], Look> = {
  importing: [IconLoader2, '--state-active', true],
  ready: [IconCircleCheck, '--state-good'],
  failed: [IconCircleX, '--state-bad'],
}

export function JobStateBadge({ state }: { state: JobState }): ReactNode {
  const { t } = useT()
  return <Badge look={JOB_LOOKS[state]}>{t(`state.${state}`)}</Badge>
}

export function DatasetStateBadge({ state }: { state: Dataset['state'] }): ReactNode {
  const { t } = useT()
  return <Badge look={DATASET_LOOKS[state]}>{t(`datasetState.${state}`)}</Badge>
}

/** Values come from a documented formula, not from an experiment. */
export function SimulatedBadge(): ReactNode {
  const { t } = useT()
  return <Badge look={[IconFlask, '--state-warn']}>{t('common.simulated')}</Badge>
}

function Badge({ look: [Icon, colour, turns = false], children }: { look: Look; children: ReactNode }): ReactNode {
  return (
    <span className={classes.badge} style={{ color: `var(${colour})` }}>
      <Icon size={14} aria-hidden className={turns ? classes.spin : undefined} />
      {children}
    </span>
  )
}
