import { type ReactNode, useMemo, useState } from 'react'
import { client } from '../api/host.ts'
import { useCall } from '../api/use-call.ts'
import { fixed, formatPX } from '../format/affinity.ts'
import { useT } from '../i18n/translate.ts'
import { ParityPlot, type ParityPoint } from './charts/ParityPlot.tsx'
import { Depiction } from './Depiction.tsx'
import classes from './layout.module.css'
import { worstOf } from './worst-of.ts'

const SHOWN = 3

interface ParityExplorerProps {
  points: readonly ParityPoint[]
  unit: string
  fileName: string
  /** `null` where the data set is gone: then there are no structures to show. */
  datasetId: string | null
}

/** The parity plot, and the compounds behind its points: the one under the pointer, else the largest errors. */
export function ParityExplorer({ points, unit, fileName, datasetId }: ParityExplorerProps): ReactNode {
  const { t } = useT()
  const [hovered, setHovered] = useState<ParityPoint | null>(null)
  const worst = useMemo(() => worstOf(points, SHOWN), [points])
  const shown = hovered ? [hovered] : worst
  return (
    <div className={classes.explorer}>
      <ParityPlot points={points} unit={unit} fileName={fileName} onHover={setHovered} />
      {datasetId && shown.length > 0 && (
        <div className={classes.explorerSide}>
          <h4 className={classes.sideTitle}>{t(hovered ? 'parity.underPointer' : 'parity.worst')}</h4>
          {shown.map(point => (
            <Compound key={point.row} point={point} datasetId={datasetId} />
          ))}
        </div>
      )}
    </div>
  )
}

function Compound({ point, datasetId }: { point: ParityPoint; datasetId: string }): ReactNode {
  const { t } = useT()
  const answer = useCall(
    signal => client.datasets.rows({ id: datasetId, offset: point.row, limit: 1 }, { signal }),
    [datasetId, point.row],
  )
  const row = answer.data?.rows[0]
  const error = point.predicted - point.measured
  return (
    <figure className={classes.compound}>
      {row ? <Depiction smiles={row.smiles} width={150} height={88} /> : <div style={{ width: 150, height: 88 }} />}
      <figcaption>
        {row?.id && <div className="truncate">{row.id}</div>}
        <div className="muted">
          {t('parity.point', { measured: formatPX(point.measured), predicted: formatPX(point.predicted) })}
        </div>
        <strong>
          {error > 0 ? '+' : ''}
          {fixed(error, 2)}
        </strong>
      </figcaption>
    </figure>
  )
}
