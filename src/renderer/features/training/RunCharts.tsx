import { Select, Slider, Switch } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { isEnded } from '../../api/app-state.ts'
import { type ChartMark, type ChartSeries, LineChart } from '../../components/charts/LineChart.tsx'
import { Series } from '../../components/charts/series.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { known, type Translate, useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import classes from './training.module.css'
import { type RunMetrics, useRunMetrics } from './use-run-metrics.ts'

const NOTHING = new Series()

/** The three curves that tell how a run goes; any other the trainer writes can be added. */
export function RunCharts({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const metrics = useRunMetrics(job.id, !isEnded(job))
  const [smoothing, setSmoothing] = useState(0)
  const logarithmic = params.log === '1'
  const floors = useMemo(() => floorMarks(job, t), [job, t])
  const member = metrics.series.get('member')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const members = useMemo(() => memberMarks(member, t), [member, metrics.version, t])
  const rmseMarks = useMemo(() => [...floors, ...members], [floors, members])
  const others = [...metrics.series.keys()].filter(name => !SHOWN.includes(name)).sort()
  const extra = params.metric && others.includes(params.metric) ? params.metric : null
  const shared = { version: metrics.version, xLabel: t('chart.step'), smoothing, logarithmic, marks: members }
  const fileName = (what: string): string => `${job.name}-${job.number}-${what}`
  const loss = useSeries(metrics, LOSS, t)
  const rmse = useSeries(metrics, RMSE, t)
  const rate = useSeries(metrics, RATE, t)
  const fit = useSeries(metrics, FIT, t)
  const isNetwork = job.train?.recipe !== 'tanimoto-gp'
  const more = useSeries(
    metrics,
    useMemo(() => [[extra ?? '', 4]] as const, [extra]),
    t,
  )

  return (
    <>
      {metrics.error && <ErrorCard error={metrics.error} />}
      <div className={classes.tools}>
        <Switch
          label={t('chart.logarithmic')}
          checked={logarithmic}
          onChange={event => setParams({ log: event.currentTarget.checked ? '1' : '' })}
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
            value={smoothing}
            onChange={setSmoothing}
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
      {metrics.series.has(FIT[0][0]) && (
        <LineChart
          {...shared}
          marks={[]}
          xLabel={t('chart.evaluation')}
          title={t('chart.fit')}
          fileName={fileName('fit')}
          series={fit}
          yLabel=""
          height={isNetwork ? 110 : 220}
        />
      )}
      {!isNetwork && <p className="muted">{t('chart.fitText')}</p>}
      {isNetwork && (
        <>
          <LineChart
            {...shared}
            title={t('chart.loss')}
            fileName={fileName('loss')}
            series={loss}
            yLabel={t('chart.lossUnit')}
          />
          <LineChart
            {...shared}
            title={t('chart.rmse')}
            fileName={fileName('rmse')}
            series={rmse}
            yLabel={t('chart.rmseUnit')}
            marks={rmseMarks}
          />
          {extra && (
            <LineChart {...shared} title={metricLabel(extra, t)} fileName={fileName(extra)} series={more} yLabel="" />
          )}
          <LineChart
            {...shared}
            smoothing={0}
            logarithmic={false}
            fromZero
            title={t('chart.learningRate')}
            fileName={fileName('learning-rate')}
            series={rate}
            yLabel=""
            height={110}
          />
        </>
      )}
    </>
  )
}

type Wanted = readonly (readonly [name: string, colour: number])[]

const LOSS: Wanted = [['train.loss', 0]]
const RMSE: Wanted = [['validation.rmse', 1]]
const RATE: Wanted = [['learningRate', 2]]
const FIT = [['gp.negativeLogPosterior', 3]] as const satisfies Wanted
const SHOWN = ['gp.negativeLogPosterior', 'train.loss', 'validation.rmse', 'learningRate', 'epoch', 'member']

function useSeries({ series, version }: RunMetrics, wanted: Wanted, t: Translate): ChartSeries[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for series that have come into being
  return useMemo(
    () =>
      wanted.map(([name, colour]) => ({ label: metricLabel(name, t), colour, series: series.get(name) ?? NOTHING })),
    [wanted, t, series, version],
  )
}

function metricLabel(name: string, t: Translate): string {
  const key = known(`metric.${name}`)
  return key ? t(key) : name
}

/** The floors are those of the test compounds: a validation error far above them will not beat them. */
function floorMarks({ result }: Job, t: Translate): ChartMark[] {
  if (!result) return []
  const { nearest, mean } = result.baselines
  return [
    ...(nearest.rmse === null ? [] : [{ label: t('floor.nearest.test'), value: nearest.rmse, axis: 'y' as const }]),
    ...(mean.rmse === null ? [] : [{ label: t('floor.mean.test'), value: mean.rmse, axis: 'y' as const }]),
  ]
}

/** Where one model of an ensemble ends and the next begins. */
function memberMarks(member: Series | undefined, t: Translate): ChartMark[] {
  const marks: ChartMark[] = []
  if (!member) return marks
  for (let index = 1; index < member.length; index++) {
    if (member.y(index) === member.y(index - 1)) continue
    marks.push({ label: t('chart.member', { n: member.y(index) }), value: member.x(index - 1), axis: 'x' })
  }
  return marks
}
