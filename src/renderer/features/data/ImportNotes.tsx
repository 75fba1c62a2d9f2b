import { Anchor, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RememberedChoice, Trial } from '../../../shared/contract/datasets.ts'
import { Moment } from '../../components/Moment.tsx'
import { isKnownRule, ruleText } from '../../components/rule-text.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './import.module.css'

const SHOWN_REFUSALS = 4

/** How many records can be used under the choices so far, and why the others cannot. */
export function TrialCounts({ trial }: { trial: Trial }): ReactNode {
  const { t, language } = useT()
  const of = t(trial.isWhole ? 'import.counts.all' : 'import.counts.first', {
    count: trial.records,
    readable: formatCount(trial.readable, language),
    records: formatCount(trial.records, language),
  })
  const refusals = trial.refusals.slice(0, SHOWN_REFUSALS).map(({ rule, count }) => {
    const name = isKnownRule({ rule }) ? ruleText({ rule, message: rule }, t) : rule
    return `${name} (${formatCount(count, language)})`
  })
  return (
    <span>
      <strong>{of}</strong>
      {refusals.length > 0 && ` · ${t('import.counts.refused', { reasons: refusals.join(', ') })}`}
    </span>
  )
}

interface RememberedNoteProps {
  remembered: RememberedChoice
  onPropose(): void
  onForget(): void
}

/** Says that the choices are those of the last table with these columns, and how to be rid of them. */
export function RememberedNote({ remembered, onPropose, onForget }: RememberedNoteProps): ReactNode {
  const { t } = useT()
  return (
    <Group gap={12} className={classes.remembered} role="status">
      <Text fz="xs">
        {t('import.remembered')} <Moment at={remembered.at} />
      </Text>
      <Anchor component="button" type="button" fz="xs" onClick={onPropose}>
        {t('import.useProposal')}
      </Anchor>
      <Anchor component="button" type="button" fz="xs" onClick={onForget}>
        {t('import.forget')}
      </Anchor>
    </Group>
  )
}
