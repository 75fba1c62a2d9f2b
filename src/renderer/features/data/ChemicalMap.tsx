import { Button, Progress, useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Dataset, DatasetRow } from '../../../shared/contract/datasets.ts'
import type { MapEvent } from '../../../shared/contract/explore.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatPX, pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'
import { CompoundDialog } from './CompoundDialog.tsx'
import classes from './explore.module.css'
import { colourOf, createProjection, nearestPoint, type Places, RAMP } from './map-drawing.ts'
import { formatPolygon } from './row-filter.ts'

type Placed = Extract<MapEvent, { type: 'placed' }>

interface MapState {
  placed: Placed | null
  progress: { stage: string; share: number | null } | null
  stopped: boolean
  error: UiError | undefined
}

const WAITING: MapState = { placed: null, progress: null, stopped: false, error: undefined }
/** A drawn line shorter than this is a click. */
const CLICK_PX = 6

/** Where the compounds lie by similarity, coloured by their values. A click opens one, a drawn line shows those inside. */
export function ChemicalMap({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { state, stop, restart } = useMap(dataset.id)
  const [shown, setShown] = useState<DatasetRow | null>(null)
  const open = async (row: number): Promise<void> => {
    const { rows } = await client.datasets.rows({ id: dataset.id, offset: row, limit: 1 })
    setShown(rows[0] ?? null)
  }
  const { placed, progress, stopped, error } = state
  if (error) return <ErrorCard error={error} onRetry={restart} />
  if (!placed) {
    return (
      <div className={classes.mapWaiting}>
        {stopped ? (
          <Button variant="default" onClick={restart}>
            {t('map.make')}
          </Button>
        ) : (
          <>
            <span className="muted">{t('map.making')}</span>
            <Progress
              value={(progress?.share ?? 1) * 100}
              animated={progress?.share == null}
              style={{ flex: 1, maxWidth: 240 }}
              aria-label={t('map.making')}
            />
            <Button variant="default" onClick={stop}>
              {t('common.cancel')}
            </Button>
          </>
        )}
      </div>
    )
  }
  return (
    <>
      <Plot
        placed={placed}
        label={t('map.label', { count: placed.total, shown: formatCount(placed.total, language) })}
        onOpen={row => void open(row).catch((failure: unknown) => console.warn('Bindery: no compound:', failure))}
        onArea={polygon => {
          navigate({ page: 'data', id: dataset.id, tab: 'rows', params: { rarea: formatPolygon(polygon) } })
        }}
      />
      <Legend placed={placed} unit={pXName(dataset.endpoint)} />
      {shown && <CompoundDialog dataset={dataset} row={shown} onClose={() => setShown(null)} />}
    </>
  )
}

function useMap(id: string): { state: MapState; stop(): void; restart(): void } {
  const epoch = useApp(store => store.epoch)
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<MapState>(WAITING)
  const aborter = useRef<AbortController | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when the connection has come back and when asked to
  useEffect(() => {
    const mine = new AbortController()
    aborter.current = mine
    setState(WAITING)
    const run = async (): Promise<void> => {
      for await (const event of await client.explore.map({ id }, { signal: mine.signal })) {
        if (mine.signal.aborted) return
        if (event.type === 'placed') setState({ ...WAITING, placed: event })
        else if (event.type === 'failed') setState({ ...WAITING, error: toUiError(event.error) })
        else
          setState({
            ...WAITING,
            progress: { stage: event.stage, share: event.total ? event.done / event.total : null },
          })
      }
    }
    run().catch((error: unknown) => {
      if (!isAbort(error, mine.signal)) setState({ ...WAITING, error: toUiError(error) })
    })
    return () => mine.abort()
  }, [id, epoch, turn])
  return {
    state,
    stop: () => {
      aborter.current?.abort()
      setState({ ...WAITING, stopped: true })
    },
    restart: () => setTurn(count => count + 1),
  }
}

interface PlotProps {
  placed: Places
  label: string
  onOpen(row: number): void
  onArea(polygon: [number, number][]): void
}

function Plot({ placed, label, onOpen, onArea }: PlotProps): ReactNode {
  const scheme = useComputedColorScheme('light')
  const { ref, width, height } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [line, setLine] = useState<[number, number][]>([])
  const projection = useMemo(() => createProjection(placed, width, height), [placed, width, height])

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context || width === 0) return
    const ratio = window.devicePixelRatio || 1
    element.width = width * ratio
    element.height = height * ratio
    context.scale(ratio, ratio)
    context.clearRect(0, 0, width, height)
    const radius = placed.rows.length > 3000 ? 2 : 3
    const { min, max } = projection.values
    for (let i = 0; i < placed.rows.length; i++) {
      const [x, y] = projection.toScreen(placed.x[i]!, placed.y[i]!)
      context.fillStyle = colourOf((placed.pX[i]! - min) / (max - min || 1), scheme)
      context.globalAlpha = 0.8
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fill()
    }
  }, [placed, projection, width, height, scheme])

  const at = (event: PointerEvent<HTMLDivElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  return (
    <div
      ref={ref}
      className={classes.map}
      role="img"
      aria-label={label}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setLine([at(event)])
      }}
      onPointerMove={event => line.length > 0 && setLine([...line, at(event)])}
      onPointerUp={event => {
        const drawn = [...line, at(event)]
        setLine([])
        if (lengthOf(drawn) < CLICK_PX) {
          const point = nearestPoint(placed, projection, drawn[0]!)
          if (point !== null) onOpen(placed.rows[point]!)
        } else if (drawn.length >= 3) onArea(thinned(drawn).map(corner => projection.fromScreen(corner)))
      }}
    >
      <canvas ref={canvas} />
      <svg width="100%" height="100%" style={{ position: 'absolute', inset: 0, pointerEvents: 'none' }} aria-hidden>
        {line.length > 1 && (
          <polygon points={line.map(point => point.join()).join(' ')} fill="var(--chart-band)" stroke="var(--accent)" />
        )}
      </svg>
    </div>
  )
}

const MAX_CORNERS = 60

function thinned(line: [number, number][]): [number, number][] {
  const step = Math.ceil(line.length / MAX_CORNERS)
  return line.filter((_, i) => i % step === 0)
}

function lengthOf(line: readonly [number, number][]): number {
  return line.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - line[i]![0], y - line[i]![1]), 0)
}

function Legend({ placed, unit }: { placed: Placed; unit: string }): ReactNode {
  const { t, language } = useT()
  const scheme = useComputedColorScheme('light')
  const lowest = placed.pX.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const highest = placed.pX.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return (
    <div className={classes.legend}>
      {unit} {formatPX(lowest)}
      <span
        className={classes.ramp}
        style={{ background: `linear-gradient(to right, ${RAMP[scheme].join()})` }}
        aria-hidden
      />
      {formatPX(highest)}
      <span style={{ marginLeft: 'auto' }}>
        {placed.total > placed.rows.length
          ? t('map.some', {
              shown: formatCount(placed.rows.length, language),
              total: formatCount(placed.total, language),
            })
          : t('map.hint')}
      </span>
    </div>
  )
}
