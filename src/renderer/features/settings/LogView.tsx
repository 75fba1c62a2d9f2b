import { ActionIcon, Button, NativeSelect, SegmentedControl, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconArrowLeft, IconRefresh } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useMemo, useRef } from 'react'
import { type LoggedLine, type LogQuery, loggedLevelSchema, logSourceSchema } from '../../../shared/contract/logs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { FolderButtons } from '../../components/FolderButtons.tsx'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { formatMoment } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import classes from './log.module.css'

const LEVELS = loggedLevelSchema.options.filter(level => level !== 'debug')
const SOURCES = ['all', ...logSourceSchema.options] as const
const HOUR_MS = 3_600_000
const SPANS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, all: null } as const
const SPAN_NAMES = Object.keys(SPANS) as (keyof typeof SPANS)[]
const LINE_HEIGHT = 26

/** What the application and its jobs wrote: first of all what went wrong. */
export function LogView(): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const level = LEVELS.find(name => name === params.level) ?? 'warn'
  const source = SOURCES.find(name => name === params.source) ?? 'all'
  const span = SPAN_NAMES.find(name => name === params.span) ?? 'week'
  const [search] = useDebouncedValue(params.q ?? '', 250)
  const query = useMemo<Partial<LogQuery>>(() => {
    const ms = SPANS[span]
    return {
      level,
      search,
      ...(source === 'all' ? {} : { source }),
      ...(ms === null ? {} : { from: Date.now() - ms }),
    }
  }, [level, source, span, search])
  const log = useCall(signal => client.logs.read(query, { signal }), [query])
  const lines = log.data?.lines ?? []
  return (
    <div className={classes.page}>
      <Bar>
        <Tooltip label={t('common.back')}>
          <ActionIcon aria-label={t('common.back')} onClick={() => setParams({ view: '' })}>
            <IconArrowLeft size={16} />
          </ActionIcon>
        </Tooltip>
        <h2 className={classes.title}>{t('logs.title')}</h2>
        <SegmentedControl
          aria-label={t('log.level')}
          value={level}
          onChange={value => setParams({ level: value === 'warn' ? '' : value })}
          data={LEVELS.map(value => ({ value, label: t(`log.level.${value}`) }))}
        />
        <NativeSelect
          aria-label={t('logs.source')}
          value={source}
          onChange={({ currentTarget: { value } }) => setParams({ source: value === 'all' ? '' : value })}
          data={SOURCES.map(value => ({ value, label: t(`logs.source.${value}`) }))}
        />
        <NativeSelect
          aria-label={t('logs.span')}
          value={span}
          onChange={({ currentTarget: { value } }) => setParams({ span: value === 'week' ? '' : value })}
          data={SPAN_NAMES.map(value => ({ value, label: t(`logs.span.${value}`) }))}
        />
        <SearchField label={t('log.search')} value={params.q ?? ''} onChange={text => setParams({ q: text })} w={170} />
        <Grow />
        <Button variant="default" leftSection={<IconRefresh size={14} />} loading={log.loading} onClick={log.reload}>
          {t('logs.reload')}
        </Button>
        {log.data && <FolderButtons folder={{ what: 'logs' }} path={log.data.folder} />}
      </Bar>
      {log.error && <ErrorCard error={log.error} onRetry={log.reload} />}
      {log.data && lines.length === 0 && <EmptyNote title={t('logs.empty')} text={t('logs.emptyText')} />}
      {lines.length > 0 && <Lines lines={lines} />}
      {log.data?.isCut && <p className={`muted ${classes.note}`}>{t('logs.cut', { count: lines.length })}</p>}
    </div>
  )
}

function Lines({ lines }: { lines: readonly LoggedLine[] }): ReactNode {
  const { t, language } = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 12,
  })
  return (
    <div
      ref={scroller}
      className={classes.lines}
      role="log"
      aria-label={t('logs.title')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index] as LoggedLine
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              data-level={line.level}
              className={classes.line}
              style={{ transform: `translateY(${start}px)` }}
            >
              <time className="muted" dateTime={new Date(line.at).toISOString()}>
                {line.at === 0 ? '–' : formatMoment(line.at, language)}
              </time>
              <span className={classes.level}>{t(`logs.level.${line.level}`)}</span>
              <span className={`truncate ${classes.source}`}>{line.jobName ?? t(`logs.source.${line.source}`)}</span>
              {line.details === null ? (
                <span className={classes.message}>{line.message}</span>
              ) : (
                <details className={classes.message}>
                  <summary>{line.message}</summary>
                  <pre>{line.details}</pre>
                </details>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
