import { Select, Slider, Switch } from '@mantine/core'
import { type ReactNode, useCallback, useMemo } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { download } from '../../api/host.ts'
import { LineChart } from '../../components/charts/LineChart.tsx'
import { type ChartLine, extentOf } from '../../components/charts/line-data.ts'
import type { ChartMark } from '../../components/charts/line-options.ts'
import { lineStyle } from '../../components/charts/line-style.ts'
import { Series } from '../../components/charts/series.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { jobTitle } from '../../components/job-progress.ts'
import { notifyError } from '../../components/notify-error.ts'
import { useWidth } from '../../components/use-width.ts'
import { type Translate, useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { type ChartView, useChartView } from './chart-view.ts'
import { metricLabel } from './metric-label.ts'
import { otherMetrics, type Panel, panelsFor } from './panels.ts'
import classes from './training.module.css'
import { useCurves, type WatchedRun } from './use-curves.ts'
import { type ShownWindow, useWindowCurves } from './use-window-curves.ts'

interface CurvePanelsProps {
  jobs: readonly Job[]
  /** Lines across a panel, by metric name. */
  marks?: (metric: string, runs: readonly WatchedRun[]) => readonly ChartMark[]
}

/** Pixels. */
const LEAST_WIDTH = 300
const GAP = 20
const MOST_COLUMNS = 4
const NOTHING = new Series()
const NO_MARKS: readonly ChartMark[] = []

/** The curves of one run, or of several over one another: a panel a metric, all zoomed and read off together. */
export function CurvePanels({ jobs, marks }: CurvePanelsProps): ReactNode {
  const { params } = useRoute()
  // The noise of one run would hide the others.
  const view = useChartView(jobs.length > 1 ? 0.8 : 0)
  const watched = useCurves(jobs)
  const { runs, version } = watched
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for series that have come into being
  const names = useMemo(() => new Set(runs.flatMap(({ curves }) => [...curves.series.keys()])), [runs, version])
  const others = otherMetrics(names)
  const extra = params.metric && others.includes(params.metric) ? params.metric : null
  const panels = useMemo(() => {
    const usual = panelsFor(jobs, names)
    return extra === null ? usual : [...usual, panelOf(extra)]
  }, [jobs, names, extra])
  const { shown, error: windowError } = useWindowCurves(
    watched,
    panels.map(({ metric }) => metric),
    view.window,
  )
  const [ref, width] = useWidth()
  const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.floor((width + GAP) / (LEAST_WIDTH + GAP))))
  const panelWidth = Math.max(0, Math.floor((width - GAP * (columns - 1)) / columns))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const extent = useMemo(
    () => extentOf(runs.flatMap(({ curves }) => panels.map(({ metric }) => curves.series.get(metric) ?? NOTHING))),
    [runs, panels, version],
  )
  const error = watched.error ?? windowError
  return (
    <>
      {error && <ErrorCard error={error} />}
      <Tools view={view} others={others} extra={extra} />
      <div ref={ref} className={classes.panels} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {panels.map(panel => (
          <CurvePanel
            key={panel.metric}
            panel={panel}
            runs={runs}
            version={version}
            shown={shown}
            view={view}
            width={panelWidth}
            extent={extent}
            marks={marks}
          />
        ))}
      </div>
    </>
  )
}

interface CurvePanelProps {
  panel: Panel
  runs: readonly WatchedRun[]
  version: number
  shown: ShownWindow
  view: ChartView
  width: number
  extent: readonly [number, number] | null
  marks: CurvePanelsProps['marks']
}

function CurvePanel({ panel, runs, version, shown, view, width, extent, marks }: CurvePanelProps): ReactNode {
  const { t } = useT()
  const { metric } = panel
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for series that have come into being
  const lines = useMemo<ChartLine[]>(
    () =>
      runs.map(({ job, curves }) => ({
        label: jobTitle(job),
        style: lineStyle(job.number),
        series: curves.series.get(metric) ?? NOTHING,
        detail: shown.curves.get(job.id)?.get(metric),
      })),
    [runs, metric, shown, version],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const drawn = useMemo(() => marks?.(metric, runs) ?? NO_MARKS, [marks, metric, runs, version])
  const title = panelTitle(panel, t)
  const [first] = runs
  const name = runs.length === 1 && first ? `${first.job.name}-${first.job.number}` : 'runs'
  const saveTable = useCallback(() => {
    const ids = runs.map(({ job }) => job.id)
    download({ what: 'metrics', id: ids[0] as string, ids, name: metric }).catch(failure => notifyError(failure, t))
  }, [runs, metric, t])
  return (
    <LineChart
      title={title}
      fileName={`${name}-${metric}`}
      lines={lines}
      version={version}
      xLabel={t(metric.startsWith('gp.') ? 'chart.evaluation' : 'chart.step')}
      yLabel={panel.unit ? t(panel.unit) : ''}
      smoothing={panel.isNoisy ? view.smoothing : 0}
      logarithmic={panel.isNoisy && view.logarithmic}
      fromZero={panel.fromZero && !(panel.isNoisy && view.logarithmic)}
      marks={drawn}
      width={width}
      height={170}
      group="runs"
      window={shown.window}
      extent={extent}
      onWindow={view.setWindow}
      onSaveTable={saveTable}
    />
  )
}

interface ToolsProps {
  view: ChartView
  others: readonly string[]
  extra: string | null
}

function Tools({ view, others, extra }: ToolsProps): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.tools}>
      <Switch
        label={t('chart.logarithmic')}
        checked={view.logarithmic}
        onChange={event => view.setLogarithmic(event.currentTarget.checked)}
      />
      <label className={classes.tools} style={{ gap: 8 }} htmlFor="smoothing">
        <span>{t('chart.smoothing')}</span>
        <Slider
          id="smoothing"
          w={110}
          size="sm"
          min={0}
          max={0.98}
          step={0.02}
          value={view.smoothing}
          onChange={view.setSmoothing}
          label={null}
          thumbLabel={t('chart.smoothing')}
        />
      </label>
      {others.length > 0 && (
        <Select
          aria-label={t('chart.another')}
          placeholder={t('chart.another')}
          w={190}
          clearable
          value={extra}
          data={others.map(name => ({ value: name, label: metricLabel(name, t) }))}
          onChange={value => setParams({ metric: value ?? '' })}
        />
      )}
    </div>
  )
}

function panelOf(metric: string): Panel {
  return { metric, title: 'chart.another', unit: null, isNoisy: true, fromZero: false, isExpected: false }
}

function panelTitle({ metric, title }: Panel, t: Translate): string {
  return title === 'chart.another' ? metricLabel(metric, t) : t(title)
}
