import { Alert, Button, Group, Progress } from '@mantine/core'
import { IconGauge } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { PreflightReport } from '../../../shared/contract/preflight.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatBytes, formatCount, formatDuration } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import type { PreflightQuestion } from './new-run.ts'
import classes from './training.module.css'
import { usePreflight } from './use-preflight.ts'

interface PreflightProps {
  question: PreflightQuestion | null
  /** `null` where the recipe has no batches. */
  onFitBatch: ((batchSize: number) => void) | null
}

/** What the run will take of this machine: told at once where it is known, else measured when asked for. */
export function Preflight({ question, onFitBatch }: PreflightProps): ReactNode {
  const { t } = useT()
  const { report, error, busy, measure, fitBatch, stop } = usePreflight(question)
  const [fitted, setFitted] = useState<Fitted | null>(null)
  if (busy) {
    const label = t(`preflight.${busy.stage}`)
    return (
      <div className={classes.preflight} aria-live="polite">
        <span>{label}</span>
        <Group gap={10} wrap="nowrap">
          <Progress
            value={(busy.share ?? 1) * 100}
            animated={busy.share === null}
            style={{ flex: 1 }}
            aria-label={label}
          />
          <Button variant="default" onClick={stop}>
            {t('common.cancel')}
          </Button>
        </Group>
      </div>
    )
  }
  const fit = (): void =>
    fitBatch(({ fittedBatch }) => {
      if (!fittedBatch || !question) return
      setFitted({ ...fittedBatch, shape: shapeOf(question) })
      onFitBatch?.(fittedBatch.batchSize)
    })
  return (
    <div className={classes.preflight} aria-live="polite">
      {report ? (
        <Told report={report} fitted={question && isStill(fitted, question) ? fitted : null} />
      ) : (
        <span className="muted">{t('preflight.text')}</span>
      )}
      {error && <ErrorCard error={error} />}
      <Group gap={8}>
        <Button variant="default" leftSection={<IconGauge size={14} />} disabled={!question} onClick={measure}>
          {t(report ? 'preflight.again' : 'preflight.measure')}
        </Button>
        {onFitBatch && (
          <Button variant="default" disabled={!question} onClick={fit} title={t('preflight.fitText')}>
            {t('preflight.fit')}
          </Button>
        )}
      </Group>
    </div>
  )
}

type FittedBatch = NonNullable<PreflightReport['fittedBatch']>

/** The batch size that was chosen, and for what: entered into the form it is a setting like any other, and its reason is still told. */
type Fitted = FittedBatch & { readonly shape: string }

function shapeOf({ settings: { batchSize: _, ...settings }, ...question }: PreflightQuestion): string {
  return JSON.stringify({ ...question, settings })
}

function isStill(fitted: Fitted | null, question: PreflightQuestion): boolean {
  const batchSize = question.settings.batchSize ?? fitted?.preset
  return fitted !== null && fitted.batchSize === batchSize && fitted.shape === shapeOf(question)
}

function Told({ report, fitted }: { report: PreflightReport; fitted: FittedBatch | null }): ReactNode {
  const { t, language } = useT()
  const { network, process, memory } = report
  const fittedBatch = report.fittedBatch ?? fitted
  const time = (ms: number): string => formatDuration(ms, language)
  return (
    <>
      {process && (
        <span>
          {t('preflight.process', { rows: formatCount(process.rows, language), time: time(process.totalMs) })}
        </span>
      )}
      {network && (
        <span>
          {t(network.members > 1 ? 'preflight.networks' : 'preflight.network', {
            epoch: time(network.epochMs),
            epochs: formatCount(network.epochs, language),
            members: formatCount(network.members, language),
            total: time(network.totalMs),
          })}
        </span>
      )}
      <span>
        {t(memory.freeBytes === null ? 'preflight.memory' : 'preflight.memoryFree', {
          peak: formatBytes(memory.peakBytes, language),
          free: formatBytes(memory.freeBytes ?? 0, language),
          total: formatBytes(memory.totalBytes, language),
        })}
      </span>
      {fittedBatch && (
        <span>
          {t(fittedBatch.batchSize === fittedBatch.preset ? 'preflight.batchKept' : 'preflight.batch', {
            batch: formatCount(fittedBatch.batchSize, language),
            preset: formatCount(fittedBatch.preset, language),
            why: t(`preflight.why.${fittedBatch.reason}`),
          })}
        </span>
      )}
      {!memory.fits && (
        <Alert color="yellow" variant="light" p={10} title={t('preflight.tooLarge')}>
          {t('preflight.tooLargeText')}
        </Alert>
      )}
    </>
  )
}
