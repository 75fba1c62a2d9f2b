import { Loader } from '@mantine/core'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { EvaluatedPoint, Evaluation } from '../../../shared/evaluation.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { fixed, formatPX } from '../../format/affinity.ts'
import { formatCount, formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { ParityPlot, type ParityPoint } from '../charts/ParityPlot.tsx'
import { XYPlot } from '../charts/XYPlot.tsx'
import { ErrorCard } from '../ErrorCard.tsx'
import { Section } from '../Layout.tsx'
import { CliffTable } from './CliffTable.tsx'
import { CompoundPanel } from './CompoundPanel.tsx'
import { ErrorTable } from './ErrorTable.tsx'
import classes from './evaluation.module.css'

interface EvaluationViewsProps {
  modelId: string
  unit: string
  fileName: string
}

/** How a model did, in plots and lists of which every compound can be opened. */
export function EvaluationViews({ modelId, unit, fileName }: EvaluationViewsProps): ReactNode {
  const { t } = useT()
  const answer = useCall(signal => client.registry.evaluation({ id: modelId }, { signal }), [modelId])
  if (answer.error) return <ErrorCard error={answer.error} onRetry={answer.reload} />
  if (!answer.data) {
    return (
      <p className="muted" aria-live="polite">
        <Loader size={12} mr={8} /> {t('evaluation.making')}
      </p>
    )
  }
  return <Views key={modelId} evaluation={answer.data} modelId={modelId} unit={unit} fileName={fileName} />
}

function Views({ evaluation, modelId, unit, fileName }: EvaluationViewsProps & { evaluation: Evaluation }): ReactNode {
  const { t, language } = useT()
  const [open, setOpen] = useState<EvaluatedPoint | null>(null)
  const { points, coverage, bySimilarity, cliffs, similarPairs, noiseSd } = evaluation
  const test = useMemo(() => points.filter(({ part }) => part === 'test'), [points])
  const openRow = useCallback((row: number) => setOpen(test.find(point => point.row === row) ?? null), [test])
  const openParity = useCallback(
    (wanted: ParityPoint) =>
      setOpen(points.find(({ row, part }) => row === wanted.row && part === wanted.part) ?? null),
    [points],
  )
  const openResidual = useCallback((index: number) => setOpen(test[index] ?? null), [test])
  const residuals = useMemo(
    () =>
      test.map(({ measured, predicted }) => ({
        x: predicted,
        y: predicted - measured,
        label: t('parity.point', { measured: formatPX(measured), predicted: formatPX(predicted) }),
      })),
    [test, t],
  )
  const zero = useMemo(() => {
    const xs = residuals.map(({ x }) => x)
    return [
      { x: Math.min(...xs), y: 0 },
      { x: Math.max(...xs), y: 0 },
    ] as const
  }, [residuals])
  const covered = useMemo(() => coverage.map(({ level, observed }) => ({ x: level, y: observed })), [coverage])
  const errors = useMemo(
    () =>
      bySimilarity.flatMap(({ from, to, n, rmse }) =>
        rmse === null
          ? []
          : [
              {
                x: (from + to) / 2,
                y: rmse,
                label: t('evaluation.bin', { from: fixed(from, 1), to: fixed(to, 1), rmse: fixed(rmse, 2), count: n }),
              },
            ],
      ),
    [bySimilarity, t],
  )
  const errorRange = useMemo(() => [0, Math.max(0.5, ...errors.map(({ y }) => 1.1 * y))] as const, [errors])
  const atNinety = coverage.find(({ level }) => level === 0.9)
  return (
    <>
      <Section title={t('parity.title')}>
        <div className={classes.withPanel}>
          <ParityPlot
            points={points}
            unit={unit}
            fileName={`${fileName}-parity`}
            noiseSd={noiseSd}
            selected={open}
            onSelect={openParity}
          />
          {open ? (
            <CompoundPanel point={open} unit={unit} modelId={modelId} onClose={() => setOpen(null)} />
          ) : (
            <p className="muted" style={{ maxWidth: 220, fontSize: 12 }}>
              {t('evaluation.openHint')}
            </p>
          )}
        </div>
      </Section>
      <Section title={t('evaluation.largestErrors')}>
        <ErrorTable points={test} selected={open} onSelect={setOpen} />
      </Section>
      <div className={classes.views}>
        {residuals.length > 0 && (
          <XYPlot
            title={t('evaluation.residuals')}
            xTitle={t('parity.predicted', { unit })}
            yTitle={t('evaluation.residualAxis')}
            points={residuals}
            reference={zero}
            fileName={`${fileName}-residuals`}
            onSelect={openResidual}
          />
        )}
        {covered.length > 0 && (
          <XYPlot
            title={t('evaluation.coverage')}
            xTitle={t('evaluation.level')}
            yTitle={t('evaluation.observed')}
            points={covered}
            line
            reference={DIAGONAL}
            xRange={UNIT_RANGE}
            yRange={UNIT_RANGE}
            fileName={`${fileName}-coverage`}
            {...(atNinety
              ? { note: t('evaluation.coverageNote', { share: formatPercent(atNinety.observed, language) }) }
              : {})}
          />
        )}
        {errors.length > 0 && (
          <XYPlot
            title={t('evaluation.bySimilarity')}
            xTitle={t('evaluation.similarityAxis')}
            yTitle={t('evaluation.rmseAxis')}
            points={errors}
            line
            xRange={UNIT_RANGE}
            yRange={errorRange}
            note={t('evaluation.bySimilarityNote')}
            fileName={`${fileName}-similarity`}
          />
        )}
      </div>
      <Section title={t('evaluation.cliffs')}>
        <p className="muted" style={{ margin: 0, fontSize: 12, maxWidth: '68ch' }}>
          {cliffs.length === 0
            ? t('evaluation.noCliffs', { pairs: formatCount(similarPairs, language) })
            : t('evaluation.cliffsText', {
                count: cliffs.length,
                pairs: formatCount(similarPairs, language),
                predicted: formatCount(cliffs.filter(({ isPredicted }) => isPredicted).length, language),
              })}
        </p>
        {cliffs.length > 0 && <CliffTable cliffs={cliffs} onOpen={openRow} />}
      </Section>
    </>
  )
}

const UNIT_RANGE = [0, 1] as const
const DIAGONAL = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
] as const
