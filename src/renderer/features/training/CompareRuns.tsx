import { ActionIcon, Tabs, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { jobTitle } from '../../components/job-progress.ts'
import { DetailHead, Scroll } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'
import { CompareConfiguration } from './CompareConfiguration.tsx'
import { CompareFigures } from './CompareFigures.tsx'
import { CurvePanels } from './CurvePanels.tsx'
import { RunLine } from './RunLine.tsx'
import classes from './training.module.css'

const TABS = ['charts', 'figures', 'configuration'] as const
/** With more runs than this a table tells more than a bundle of lines. */
const MANY_RUNS = 8

interface CompareRunsProps {
  jobs: readonly Job[]
  tab: string | null
  onUnmark(job: Job): void
}

/** The marked runs over one another and side by side. */
export function CompareRuns({ jobs, tab, onUnmark }: CompareRunsProps): ReactNode {
  const { t } = useT()
  const first = jobs.length > MANY_RUNS ? 'figures' : 'charts'
  const current = TABS.find(name => name === tab) ?? first
  return (
    <>
      <DetailHead
        title={t('compare.title', { count: jobs.length })}
        onClose={() => navigate({ ...currentRoute(), id: null, tab: null })}
      />
      <ul className={classes.legend} aria-label={t('compare.runs')}>
        {jobs.map(job => (
          <li key={job.id} className={classes.legendItem}>
            <RunLine number={job.number} />
            <a href={`#/training/${job.id}`}>{jobTitle(job)}</a>
            <Tooltip label={t('compare.remove')}>
              <ActionIcon
                size="xs"
                aria-label={t('compare.removeRun', { name: jobTitle(job) })}
                onClick={() => onUnmark(job)}
              >
                <IconX size={12} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      <Tabs
        value={current}
        onChange={next => navigate({ ...currentRoute(), tab: next })}
        style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
      >
        <Tabs.List px={8}>
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`compare.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={current} style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
          <Scroll label={t(`compare.tab.${current}`)}>
            {current === 'charts' && <CurvePanels jobs={jobs} />}
            {current === 'figures' && <CompareFigures jobs={jobs} />}
            {current === 'configuration' && <CompareConfiguration jobs={jobs} />}
          </Scroll>
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
