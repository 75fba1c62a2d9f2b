import { useElementSize } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { SplitPreview } from '../../../shared/contract/jobs.ts'
import { fixed, formatPX } from '../../format/affinity.ts'
import { formatCount, formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { HistogramAxes } from '../charts/HistogramAxes.tsx'
import { linear } from '../charts/scale.ts'
import classes from './splits.module.css'

const HEIGHT = 150
const BOTTOM = 34
const LEFT = 44
const SIDES = ['learned', 'tested'] as const

/** How the values of the test part are spread beside those that are learned from, each as shares of its own part. */
export function PartHistograms({
  labels,
  unit,
}: {
  labels: NonNullable<SplitPreview['labels']>
  unit: string
}): ReactNode {
  const { t, language } = useT()
  const { ref, width } = useElementSize()
  const shares = (side: (typeof SIDES)[number]): number[] => labels[side].counts.map(count => count / labels[side].n)
  const highest = Math.max(...SIDES.flatMap(shares))
  const x = linear([labels.min, labels.max], [LEFT, Math.max(LEFT + 1, width - 8)])
  const y = linear([0, highest], [HEIGHT - BOTTOM, 6])
  const step = (labels.max - labels.min) / labels.learned.counts.length
  const label = t('histogram.label', { unit, min: formatPX(labels.min), max: formatPX(labels.max) })
  return (
    <div ref={ref}>
      <svg width="100%" height={HEIGHT} role="img" aria-label={label}>
        {width > 0 && (
          <>
            {SIDES.map(side => (
              <path
                key={side}
                className={classes.side}
                data-part={side === 'tested' ? 'test' : 'train'}
                d={outline(
                  shares(side),
                  share => y(share),
                  bin => x(labels.min + bin * step),
                )}
              />
            ))}
            <HistogramAxes
              size={{ width, height: HEIGHT, left: LEFT }}
              range={labels}
              highest={highest}
              x={x}
              y={y}
              formatHeight={value => formatPercent(value, language)}
              unit={unit}
            />
          </>
        )}
      </svg>
      <div className={classes.parts}>
        {SIDES.map(side => (
          <span key={side}>
            <span className={classes.dot} data-part={side === 'tested' ? 'test' : 'train'} aria-hidden />
            {t(`split.side.${side}`, {
              n: formatCount(labels[side].n, language),
              mean: fixed(labels[side].mean, 2),
              sd: fixed(labels[side].sd, 2),
            })}
          </span>
        ))}
      </div>
    </div>
  )
}

/** Steps from bin to bin, closed along the axis. */
function outline(shares: readonly number[], y: (share: number) => number, x: (bin: number) => number): string {
  const steps = shares.map((share, bin) => `V${y(share)}H${x(bin + 1)}`)
  return `M${x(0)},${y(0)}${steps.join('')}V${y(0)}Z`
}
