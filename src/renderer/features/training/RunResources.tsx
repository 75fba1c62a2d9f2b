import { type ReactNode, useMemo, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { UsagePoint } from '../../../shared/contract/resources.ts'
import { isEnded } from '../../api/app-state.ts'
import { saveBlob } from '../../api/host.ts'
import { LineChart } from '../../components/charts/LineChart.tsx'
import { extentOf, type StepWindow } from '../../components/charts/line-data.ts'
import { lineStyle } from '../../components/charts/line-style.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, Facts, Scroll, Section } from '../../components/Layout.tsx'
import { useWidth } from '../../components/use-width.ts'
import { formatBytes, formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './training.module.css'
import { isKnown, timeUnitOf, USAGE_PANELS, usageCsv, usageSeries } from './usage-series.ts'
import { useUsage } from './use-usage.ts'

/** Pixels. */
const LEAST_WIDTH = 300
const GAP = 20

/** What the run's processes used of the machine: the most, and over time. */
export function RunResources({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const { points, error } = useUsage(job.id)
  return (
    <Scroll label={t('training.tab.resources')}>
      {error && <ErrorCard error={error} />}
      <Peaks job={job} />
      {points?.length === 0 && (
        <EmptyNote title={t('usage.empty')} text={t(isEnded(job) ? 'usage.emptyEnded' : 'usage.emptyText')} />
      )}
      {points !== undefined && points.length > 0 && <UsageCharts job={job} points={points} />}
    </Scroll>
  )
}

function Peaks({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const missing = <span className="muted">{t('home.notAvailable')}</span>
  const bytes = (value: number | null | undefined): ReactNode =>
    value == null ? missing : formatBytes(value, language)
  const cpu = job.peaks?.cpuPercent ?? null
  return (
    <Section level={3} title={t('usage.peaks')}>
      <Facts
        items={[
          [t('home.cpu'), cpu === null ? missing : t('usage.ofCore', { share: formatPercent(cpu / 100, language) })],
          [t('home.memory'), bytes(job.peaks?.memoryBytes)],
          [t('usage.gpuMemory'), bytes(job.peaks?.gpuMemoryBytes)],
        ]}
      />
    </Section>
  )
}

function UsageCharts({ job, points }: { job: Job; points: readonly UsagePoint[] }): ReactNode {
  const { t } = useT()
  const [window, setWindow] = useState<StepWindow | null>(null)
  const [ref, width] = useWidth()
  const unit = timeUnitOf(points)
  const panels = useMemo(
    () =>
      USAGE_PANELS.filter(panel => panel.isExpected || isKnown(points, panel.figure)).map(panel => ({
        ...panel,
        lines: [{ label: t(panel.title), style: lineStyle(1), series: usageSeries(points, panel, unit) }],
      })),
    [points, unit, t],
  )
  const extent = useMemo(() => extentOf(panels.flatMap(({ lines }) => lines.map(({ series }) => series))), [panels])
  const columns = Math.max(1, Math.min(2, Math.floor((width + GAP) / (LEAST_WIDTH + GAP))))
  const panelWidth = Math.max(0, Math.floor((width - GAP * (columns - 1)) / columns))
  const name = `${job.name}-${job.number}`
  return (
    <>
      <div ref={ref} className={classes.panels} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {panels.map(({ figure, title, unit: yLabel, fromZero, lines }) => (
          <LineChart
            key={figure}
            title={t(title)}
            fileName={`${name}-${figure}`}
            lines={lines}
            version={points.length}
            xLabel={t(unit.label)}
            yLabel={yLabel}
            fromZero={fromZero}
            width={panelWidth}
            height={170}
            group="usage"
            window={window}
            extent={extent}
            onWindow={setWindow}
            onSaveTable={() => saveBlob(new Blob([usageCsv(points)], { type: 'text/csv' }), `${name}-resources.csv`)}
          />
        ))}
      </div>
      {!isKnown(points, 'gpuMemoryBytes') && !isKnown(points, 'gpuPercent') && (
        <p className="muted">{t('usage.noGpu')}</p>
      )}
    </>
  )
}
