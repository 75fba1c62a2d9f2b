import { Button, Group, Progress } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { LearningCurve } from '../../../shared/evaluation.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { useCall } from '../../api/use-call.ts'
import { fixed } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { XYPlot } from '../charts/XYPlot.tsx'
import { ErrorCard } from '../ErrorCard.tsx'
import { Section } from '../Layout.tsx'

type Making = { name: 'idle' } | { name: 'making'; share: number } | { name: 'failed'; error: UiError }

/** Whether more compounds would help: made on request by a cheap model, and kept. */
export function LearningCurveView({ modelId, fileName }: { modelId: string; fileName: string }): ReactNode {
  const { t } = useT()
  const kept = useCall(signal => client.registry.learningCurve({ id: modelId }, { signal }), [modelId])
  const [made, setMade] = useState<LearningCurve | null>(null)
  const [making, setMaking] = useState<Making>({ name: 'idle' })
  const aborter = useRef<AbortController | null>(null)
  useEffect(() => () => aborter.current?.abort(), [])

  async function make(): Promise<void> {
    const mine = new AbortController()
    aborter.current = mine
    setMaking({ name: 'making', share: 0 })
    try {
      const events = await client.registry.makeLearningCurve({ id: modelId }, { signal: mine.signal })
      for await (const event of events) {
        if (mine.signal.aborted) return
        if (event.type === 'made') {
          setMade(event.curve)
          setMaking({ name: 'idle' })
        } else if (event.type === 'failed') setMaking({ name: 'failed', error: toUiError(event.error) })
        else setMaking({ name: 'making', share: event.done / event.total })
      }
    } catch (error) {
      if (!isAbort(error, mine.signal)) setMaking({ name: 'failed', error: toUiError(error) })
    }
  }

  const curve = made ?? kept.data ?? null
  return (
    <Section title={t('learning.title')}>
      {kept.error && <ErrorCard error={kept.error} onRetry={kept.reload} />}
      {curve !== null && <Curve curve={curve} fileName={fileName} />}
      {making.name === 'making' && (
        <Group gap={12} wrap="nowrap">
          <Progress value={100 * making.share} aria-label={t('learning.making')} style={{ flex: 1, maxWidth: 308 }} />
          <Button
            variant="default"
            onClick={() => {
              aborter.current?.abort()
              setMaking({ name: 'idle' })
            }}
          >
            {t('common.cancel')}
          </Button>
        </Group>
      )}
      {making.name === 'failed' && <ErrorCard error={making.error} />}
      {curve === null && making.name !== 'making' && !kept.loading && (
        <>
          <p className="muted" style={{ margin: 0, maxWidth: '68ch', fontSize: 12 }}>
            {t('learning.text')}
          </p>
          <Group>
            <Button variant="default" onClick={() => void make()}>
              {t('learning.make')}
            </Button>
          </Group>
        </>
      )}
    </Section>
  )
}

function Curve({ curve, fileName }: { curve: LearningCurve; fileName: string }): ReactNode {
  const { t, language } = useT()
  const { points, floors, model, learnedRows, testRows } = curve
  const shown = useMemo(
    () =>
      points.map(({ rows, rmse, lowest, highest }) => ({
        x: rows,
        y: rmse,
        label: t('learning.point', {
          rows: formatCount(rows, language),
          rmse: fixed(rmse, 2),
          range: lowest === highest ? '' : ` (${fixed(lowest, 2)}–${fixed(highest, 2)})`,
        }),
      })),
    [points, t, language],
  )
  const levels = useMemo(
    () =>
      [
        [floors.mean, t('floor.mean')],
        [floors.nearest, t('floor.nearest')],
        [model, t('learning.model')],
      ].flatMap(([y, label]) => (typeof y === 'number' ? [{ y, label: String(label) }] : [])),
    [floors, model, t],
  )
  const range = useMemo(() => {
    const values = [...levels.map(({ y }) => y), ...points.map(({ rmse }) => rmse)]
    return [0, 1.1 * Math.max(0.5, ...values)] as const
  }, [levels, points])
  const last = points.at(-1)
  const half = points.find(({ rows }) => last !== undefined && rows >= last.rows / 2)
  const note =
    last === undefined || half === undefined || half === last
      ? null
      : t('learning.note', {
          rows: formatCount(last.rows, language),
          half: fixed(half.rmse, 2),
          all: fixed(last.rmse, 2),
          test: formatCount(testRows, language),
        })
  return (
    <>
      <XYPlot
        title={t('learning.plot')}
        xTitle={t('learning.rows')}
        yTitle={t('evaluation.rmseAxis')}
        points={shown}
        line
        levels={levels}
        yRange={range}
        fileName={`${fileName}-learning-curve`}
        {...(note === null ? {} : { note })}
      />
      <p className="muted" style={{ margin: 0, maxWidth: '68ch', fontSize: 12 }}>
        {t('learning.cheap')}
        {last !== undefined &&
          last.rows < learnedRows &&
          ` ${t('learning.part', { rows: formatCount(last.rows, language), all: formatCount(learnedRows, language) })}`}
      </p>
    </>
  )
}
