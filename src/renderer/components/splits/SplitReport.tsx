import { Button, Progress } from '@mantine/core'
import type { ReactNode } from 'react'
import type { SplitFold, SplitKind, SplitPreview } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { fixed } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { Histogram } from '../charts/Histogram.tsx'
import { ErrorCard } from '../ErrorCard.tsx'
import { Section } from '../Layout.tsx'
import { PartHistograms } from './PartHistograms.tsx'
import classes from './splits.module.css'
import { usePrepared } from './use-prepared.ts'

const PARTS = ['train', 'validation', 'test'] as const

interface SplitReportProps {
  datasetId: string
  split: SplitKind
  seed: number
  fold?: SplitFold | undefined
  /** Name of the values, e.g. `pKi`. */
  unit: string
  /** The figures without the charts. */
  brief?: boolean
}

/** What a split does, before anything is trained on it: sizes, how hard the test will be, how its values differ. */
export function SplitReport({ datasetId, split, seed, fold, unit, brief = false }: SplitReportProps): ReactNode {
  const { t, language } = useT()
  const prepared = usePrepared(datasetId, split === 'cluster')
  const { data, error, loading } = useCall(
    prepared.ready
      ? signal => client.jobs.splitPreview({ datasetId, split, seed, ...(fold ? { fold } : {}) }, { signal })
      : null,
    [datasetId, split, seed, fold?.index, fold?.of],
  )
  const failure = error ?? prepared.error
  if (failure) return <ErrorCard error={failure} />
  if (!prepared.ready) return <Preparing {...prepared} />
  if (!data) return <div className={classes.waiting}>{loading && t('common.loading')}</div>
  return (
    <div className={classes.report} aria-busy={loading}>
      <Parts preview={data} />
      <ul className={classes.findings}>
        {data.groups && (
          <li>
            {t(`split.groups.${split === 'cluster' ? 'cluster' : 'scaffold'}`, {
              all: formatCount(data.groups.all, language),
              tested: formatCount(data.groups.tested, language),
            })}
          </li>
        )}
        {split === 'time' && data.dates && <li>{t('split.dates', data.dates)}</li>}
        {data.nearestTrainSimilarity !== null && (
          <li>{t('training.leakage', { similarity: fixed(data.nearestTrainSimilarity, 2) })}</li>
        )}
        {data.labels && <li>{shiftText(data.labels, t)}</li>}
      </ul>
      {!brief && data.similarity && (
        <Section title={t('split.similarity')}>
          <Histogram bins={{ min: 0, max: 1, counts: data.similarity.counts }} unit={t('split.similarity.axis')} />
        </Section>
      )}
      {!brief && data.labels && (
        <Section title={t('split.labels', { unit })}>
          <PartHistograms labels={data.labels} unit={unit} />
        </Section>
      )}
    </div>
  )
}

function Preparing({ stage, share, stopped, stop, restart }: ReturnType<typeof usePrepared>): ReactNode {
  const { t } = useT()
  if (stopped) {
    return (
      <div className={classes.waiting}>
        <Button variant="default" onClick={restart}>
          {t('split.show')}
        </Button>
      </div>
    )
  }
  return (
    <div className={classes.waiting}>
      <span>{t(stage === null ? 'common.loading' : `rows.stage.${stage}`)}</span>
      {stage !== null && (
        <>
          <Progress
            value={(share ?? 1) * 100}
            animated={share === null}
            style={{ flex: 1, maxWidth: 240 }}
            aria-label={t(`rows.stage.${stage}`)}
          />
          <Button variant="default" onClick={stop}>
            {t('common.cancel')}
          </Button>
        </>
      )}
    </div>
  )
}

function Parts({ preview }: { preview: SplitPreview }): ReactNode {
  const { t, language } = useT()
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {PARTS.map(part => (
          <div key={part} data-part={part} style={{ flexGrow: preview[part], flexBasis: 0 }} />
        ))}
      </div>
      <div className={classes.parts}>
        {PARTS.map(part => (
          <span key={part}>
            <span className={classes.dot} data-part={part} aria-hidden />
            {t(`part.${part}`)} {formatCount(preview[part], language)}
          </span>
        ))}
      </div>
    </div>
  )
}

/** Under this, two parts differ by more than their draw explains. */
const UNLIKELY = 0.05

function shiftText(
  { meanDifference, ks, ksP }: NonNullable<SplitPreview['labels']>,
  t: ReturnType<typeof useT>['t'],
): string {
  const figures = {
    difference: `${meanDifference < 0 ? '−' : '+'}${fixed(Math.abs(meanDifference), 2)}`,
    ks: fixed(ks, 2),
    p: ksP < 0.001 ? '< 0.001' : `= ${fixed(ksP, ksP < 0.1 ? 3 : 2)}`,
  }
  return t(ksP < UNLIKELY ? 'split.shift' : 'split.noShift', figures)
}
