import type { ReactNode } from 'react'
import { Depiction } from '../../components/Depiction.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import {
  concentrationOf,
  domainOf,
  type Endpoint,
  fixed,
  formatConcentration,
  formatPX,
  halfWidthOf,
  pXName,
} from '../../format/affinity.ts'
import type { Translate } from '../../i18n/translate.ts'
import classes from './predict.module.css'
import { heatColour } from './ranked-png.ts'
import type { ResultRow, TableModel } from './ranked-rows.ts'
import { shortNames } from './short-names.ts'

const DOMAIN_COLOURS = { inside: 'var(--state-good)', edge: 'var(--state-warn)', outside: 'var(--state-bad)' }

interface Columns {
  endpoint: Endpoint
  models: readonly TableModel[]
  t: Translate
}

/** Columns of a ranked table; a row that could not be read says why in place of its figures. Several models are a heat map. */
export function rankedColumns({ endpoint, models, t }: Columns): GridColumn<ResultRow>[] {
  const several = models.length > 1
  const names = shortNames(models.map(model => model.name))
  return [
    {
      id: 'line',
      header: t('data.line'),
      width: '64px',
      align: 'end',
      sortable: true,
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
      width: 'minmax(120px, 2fr)',
      // Beside an open compound there is room for the structure and its value only.
      showFrom: 440,
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
      header: several ? (names[0] ?? '') : pXName(endpoint),
      width: '128px',
      align: 'end',
      sortable: true,
      cell: row => valueCell(row, several),
    },
    ...models.slice(1).map(
      (_, i): GridColumn<ResultRow> => ({
        id: `prediction${i + 1}`,
        header: names[i + 1]!,
        width: '128px',
        align: 'end',
        sortable: true,
        cell: row => valueCell(row.others[i] ?? null, several),
      }),
    ),
    {
      id: 'width',
      header: t('predict.width'),
      width: '84px',
      align: 'end',
      sortable: true,
      showFrom: 860,
      cell: row => {
        const half = halfWidthOf(row)
        return half === null ? '–' : `± ${fixed(half, 2)}`
      },
    },
    {
      id: 'concentration',
      header: t('data.concentration'),
      width: '110px',
      align: 'end',
      showFrom: 760,
      cell: row => (row.prediction === null ? '–' : formatConcentration(concentrationOf(row.prediction), 2)),
    },
    {
      id: 'domainDistance',
      header: t('predict.domain'),
      width: '124px',
      sortable: true,
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

interface Value {
  prediction: number | null
  lower: number | null
  upper: number | null
}

function valueCell(value: Value | null, heat: boolean): ReactNode {
  if (!value || value.prediction === null) return '–'
  const half = halfWidthOf(value)
  const shown = (
    <>
      <strong>{formatPX(value.prediction)}</strong>
      {half !== null && <span className={heat ? undefined : 'muted'}> ± {fixed(half, 2)}</span>}
    </>
  )
  if (!heat) return shown
  return (
    <div className={classes.heat} style={{ background: heatColour(value.prediction) }}>
      {shown}
    </div>
  )
}
