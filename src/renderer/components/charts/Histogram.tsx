import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, type ReactNode, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { fixed, formatPX } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './charts.module.css'
import { HistogramAxes } from './HistogramAxes.tsx'
import { linear } from './scale.ts'

export type Bins = NonNullable<Dataset['histogram']>

const HEIGHT = 150
const BOTTOM = 34
const LEFT = 40

interface HistogramProps {
  bins: Bins
  unit: string
  /** A range was drawn. */
  onRange?: (from: number, to: number) => void
}

/** How the measured values are spread; where `onRange` is given, a range can be drawn on it. */
export function Histogram({ bins, unit, onRange }: HistogramProps): ReactNode {
  const { t, language } = useT()
  const { ref, width } = useElementSize()
  const highest = Math.max(1, ...bins.counts)
  const x = linear([bins.min, bins.max], [LEFT, Math.max(LEFT + 1, width - 8)])
  const y = linear([0, highest], [HEIGHT - BOTTOM, 6])
  const step = (bins.max - bins.min) / bins.counts.length
  const [drawn, setDrawn] = useState<[from: number, to: number] | null>(null)
  const at = (event: PointerEvent<SVGSVGElement>): number => {
    const right = Math.max(LEFT + 1, width - 8)
    const px = Math.min(right, Math.max(LEFT, event.clientX - event.currentTarget.getBoundingClientRect().left))
    return bins.min + ((px - LEFT) / (right - LEFT)) * (bins.max - bins.min)
  }
  const brush = onRange && {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId)
      setDrawn([at(event), at(event)])
    },
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => drawn && setDrawn([drawn[0], at(event)]),
    onPointerUp: () => {
      setDrawn(null)
      const [from, to] = drawn ? [Math.min(...drawn), Math.max(...drawn)] : [0, 0]
      if (to - from > (bins.max - bins.min) / 200) onRange(from, to)
    },
    style: { cursor: 'ew-resize', touchAction: 'none' },
  }
  const label = t('histogram.label', { unit, min: formatPX(bins.min), max: formatPX(bins.max) })
  return (
    <div ref={ref} className={classes.chart}>
      <svg width="100%" height={HEIGHT} role="img" aria-label={label} {...brush}>
        {width > 0 && (
          <>
            {drawn && (
              <rect
                className={classes.brush}
                x={x(Math.min(...drawn))}
                width={x(Math.max(...drawn)) - x(Math.min(...drawn))}
                y={0}
                height={HEIGHT - BOTTOM}
              />
            )}
            {bins.counts.map((count, index) => {
              const from = bins.min + index * step
              return (
                <rect
                  // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
                  key={index}
                  className={classes.bar}
                  x={x(from) + 0.5}
                  width={Math.max(1, x(from + step) - x(from) - 1)}
                  y={y(count)}
                  height={y(0) - y(count)}
                >
                  <title>{`${fixed(from, 2)} – ${fixed(from + step, 2)}: ${formatCount(count, language)}`}</title>
                </rect>
              )
            })}
            <HistogramAxes
              size={{ width, height: HEIGHT, left: LEFT }}
              range={bins}
              highest={highest}
              x={x}
              y={y}
              formatHeight={value => formatCount(value, language)}
              unit={unit}
            />
          </>
        )}
      </svg>
    </div>
  )
}

/** The same in a table cell. */
export function Sparkline({ bins }: { bins: Bins | null }): ReactNode {
  if (!bins) return <span className="muted">–</span>
  const highest = Math.max(1, ...bins.counts)
  const width = 72 / bins.counts.length
  return (
    <svg width={72} height={18} aria-hidden style={{ display: 'block' }}>
      <title>{`${formatPX(bins.min)} – ${formatPX(bins.max)}`}</title>
      {bins.counts.map((count, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
          key={index}
          className={classes.spark}
          x={index * width}
          width={Math.max(0.8, width - 0.4)}
          y={18 - (count / highest) * 17}
          height={(count / highest) * 17}
        />
      ))}
    </svg>
  )
}
