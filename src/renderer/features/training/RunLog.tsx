import { SegmentedControl, Switch } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Job, LogLine } from '../../../shared/contract/jobs.ts'
import { isEnded } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { FolderButtons } from '../../components/FolderButtons.tsx'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { formatClock } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import classes from './training.module.css'
import { useRunLog } from './use-run-log.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLine['level'][]
const LINE_HEIGHT = 18

export function RunLog({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const { params } = useRoute()
  const workspace = useApp(state => state.info?.workspace)
  const { lines, error } = useRunLog(job.id, !isEnded(job))
  const [search, setSearch] = useState('')
  const [follow, setFollow] = useState(true)
  const scroller = useRef<HTMLDivElement>(null)
  const level = LEVELS.find(name => name === params.level) ?? 'info'
  const shown = useMemo(() => {
    const lowest = LEVELS.indexOf(level)
    const wanted = search.trim().toLowerCase()
    return lines.filter(
      line => LEVELS.indexOf(line.level) >= lowest && (wanted === '' || line.message.toLowerCase().includes(wanted)),
    )
  }, [lines, level, search])
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  })

  useEffect(() => {
    if (follow && shown.length > 0) virtualizer.scrollToIndex(shown.length - 1)
  }, [follow, shown.length, virtualizer])

  return (
    <>
      <Bar>
        <SegmentedControl
          aria-label={t('log.level')}
          value={level}
          onChange={value => setParams({ level: value === 'info' ? '' : value })}
          data={LEVELS.map(value => ({ value, label: t(`log.level.${value}`) }))}
        />
        <SearchField label={t('log.search')} value={search} onChange={setSearch} w={180} />
        <Grow />
        {workspace && <FolderButtons folder={{ what: 'run', id: job.id }} path={`${workspace}/runs/${job.id}`} />}
        <Switch label={t('log.follow')} checked={follow} onChange={event => setFollow(event.currentTarget.checked)} />
      </Bar>
      {error && <ErrorCard error={error} />}
      {shown.length === 0 ? (
        <EmptyNote title={t('log.empty')} />
      ) : (
        <div
          ref={scroller}
          className={classes.log}
          role="log"
          aria-label={t('training.tab.log')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          onWheel={event => event.deltaY < 0 && setFollow(false)}
        >
          <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
            {virtualizer.getVirtualItems().map(({ index, start }) => {
              const line = shown[index] as LogLine
              return (
                <div
                  key={line.sequence}
                  className={classes.line}
                  data-level={line.level}
                  style={{ transform: `translateY(${start}px)`, height: LINE_HEIGHT }}
                >
                  <span className="muted">{formatClock(line.at, language)}</span>
                  <span>{line.message}</span>
                </div>
              )
            })}
          </div>
        </div>
      )}
    </>
  )
}
