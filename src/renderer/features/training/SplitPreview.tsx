import type { ReactNode } from 'react'
import type { SplitKind } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { fixed } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './training.module.css'

const PARTS = ['train', 'validation', 'test'] as const

interface SplitPreviewProps {
  datasetId: string
  split: SplitKind
  seed: number
}

/** The sizes of the parts before anything is started, and how hard the test will be. */
export function SplitPreview({ datasetId, split, seed }: SplitPreviewProps): ReactNode {
  const { t, language } = useT()
  const { data, error, loading } = useCall(
    signal => client.jobs.splitPreview({ datasetId, split, seed }, { signal }),
    [datasetId, split, seed],
  )
  if (error) return <ErrorCard error={error} />
  if (!data) return <div className={classes.splitWaiting}>{loading && t('common.loading')}</div>
  return (
    <div>
      <div className={classes.splitBar} aria-hidden>
        {PARTS.map(part => (
          <div key={part} data-part={part} style={{ flexGrow: data[part], flexBasis: 0 }} />
        ))}
      </div>
      <div className={classes.splitParts}>
        {PARTS.map(part => (
          <span key={part}>
            <span className={classes.dot} data-part={part} aria-hidden />
            {t(`part.${part}`)} {formatCount(data[part], language)}
          </span>
        ))}
      </div>
      {data.nearestTrainSimilarity !== null && (
        <div className="muted" style={{ fontSize: 12 }}>
          {t('training.leakage', { similarity: fixed(data.nearestTrainSimilarity, 2) })}
        </div>
      )}
    </div>
  )
}
