import { Depiction } from '../../components/Depiction.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import {
  concentrationOf,
  domainOf,
  type Endpoint,
  fixed,
  formatConcentration,
  formatPX,
  pXName,
} from '../../format/affinity.ts'
import type { Translate } from '../../i18n/translate.ts'
import type { RankedRow } from './ranked-rows.ts'

type Row = Omit<RankedRow, 'id'>

const DOMAIN_COLOURS = { inside: 'var(--state-good)', edge: 'var(--state-warn)', outside: 'var(--state-bad)' }

/** Columns of a ranked table; a row that could not be read says why in place of its figures. */
export function rankedColumns(endpoint: Endpoint, t: Translate): GridColumn<Row>[] {
  return [
    {
      id: 'line',
      header: t('data.line'),
      width: '64px',
      align: 'end',
      sortable: true,
      sortValue: row => row.line,
      cell: row => <span className="muted">{row.line}</span>,
    },
    {
      id: 'structure',
      header: t('data.structure'),
      width: '124px',
      cell: row => (row.error === null ? <Depiction smiles={row.smiles} width={100} height={66} /> : null),
    },
    {
      id: 'smiles',
      header: 'SMILES',
      width: 'minmax(140px, 2fr)',
      cell: row => (
        <>
          <div className="mono truncate" title={row.smiles}>
            {row.smiles}
          </div>
          {row.error !== null && (
            <div className="truncate" style={{ color: 'var(--state-bad)', fontSize: 12 }} title={row.error}>
              {row.error}
            </div>
          )}
        </>
      ),
    },
    {
      id: 'prediction',
      header: pXName(endpoint),
      width: '128px',
      align: 'end',
      sortable: true,
      sortValue: row => row.prediction,
      cell: row =>
        row.prediction === null || row.lower === null || row.upper === null ? (
          '–'
        ) : (
          <>
            <strong>{formatPX(row.prediction)}</strong>{' '}
            <span className="muted">± {fixed((row.upper - row.lower) / 2, 2)}</span>
          </>
        ),
    },
    {
      id: 'concentration',
      header: t('data.concentration'),
      width: '120px',
      align: 'end',
      showFrom: 560,
      cell: row => (row.prediction === null ? '–' : formatConcentration(concentrationOf(row.prediction), 2)),
    },
    {
      id: 'domainDistance',
      header: t('predict.domain'),
      width: '124px',
      sortable: true,
      sortValue: row => row.domainDistance,
      showFrom: 480,
      cell: row => {
        if (row.domainDistance === null) return '–'
        const domain = domainOf(row.domainDistance)
        return (
          <span style={{ color: DOMAIN_COLOURS[domain] }}>
            {t(`domain.${domain}.short`)} {fixed(row.domainDistance, 2)}
          </span>
        )
      },
    },
  ]
}
