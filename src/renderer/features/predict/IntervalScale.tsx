import { useElementSize } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { Prediction } from '../../../shared/contract/predictions.ts'
import chartClasses from '../../components/charts/charts.module.css'
import type { Bins } from '../../components/charts/Histogram.tsx'
import { linear, niceTicks } from '../../components/charts/scale.ts'
import { formatPX } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'

const HEIGHT = 116
const BASE = 78

interface IntervalScaleProps {
  prediction: Prediction
  /** How the data's measured values are spread; `null` where the data is gone. */
  bins: Bins | null
  unit: string
}

/** The prediction and its interval on the scale of what was measured. */
export function IntervalScale({ prediction, bins, unit }: IntervalScaleProps): ReactNode {
  const { t } = useT()
  const { ref, width } = useElementSize()
  const { lower, upper } = prediction
  const [least, most] = [lower ?? prediction.prediction, upper ?? prediction.prediction]
  const low = Math.floor(Math.min(least, bins?.min ?? least) - 0.2)
  const high = Math.ceil(Math.max(most, bins?.max ?? most) + 0.2)
  const x = linear([low, high], [8, Math.max(9, width - 8)])
  const highest = Math.max(1, ...(bins?.counts ?? []))
  const step = bins ? (bins.max - bins.min) / bins.counts.length : 0
  const value = formatPX(prediction.prediction)
  const label =
    lower === null || upper === null
      ? t('predict.scaleAlone', { value, unit })
      : t('predict.scale', { value, lower: formatPX(lower), upper: formatPX(upper), unit })
  return (
    <div ref={ref} style={{ maxWidth: 720 }}>
      <svg width="100%" height={HEIGHT} role="img" aria-label={label}>
        {width > 0 && (
          <>
            {bins?.counts.map((count, index) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
                key={index}
                x={x(bins.min + index * step)}
                width={Math.max(1, x(bins.min + (index + 1) * step) - x(bins.min + index * step) - 1)}
                y={BASE - (count / highest) * 46}
                height={(count / highest) * 46}
                fill="var(--line-strong)"
              />
            ))}
            <rect x={x(least)} width={x(most) - x(least)} y={12} height={BASE - 12} fill="var(--chart-band)" />
            <line x1={x(least)} x2={x(most)} y1={16} y2={16} stroke="var(--accent)" strokeWidth={3} />
            <circle cx={x(prediction.prediction)} cy={16} r={6} fill="var(--accent)" />
            <g className={chartClasses.axis}>
              <line x1={8} x2={width - 8} y1={BASE} y2={BASE} />
              {niceTicks(low, high, Math.max(3, width / 80)).map(tick => (
                <text key={tick} x={x(tick)} y={BASE + 14} textAnchor="middle">
                  {tick}
                </text>
              ))}
              <text x={width - 8} y={HEIGHT - 6} textAnchor="end">
                {unit}
              </text>
              {bins && (
                <text x={8} y={HEIGHT - 6}>
                  {t('predict.greyBars')}
                </text>
              )}
            </g>
          </>
        )}
      </svg>
    </div>
  )
}
