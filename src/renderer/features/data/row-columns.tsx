import type { Dataset, DatasetRow } from '../../../shared/contract/datasets.ts'
import { Depiction } from '../../components/Depiction.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import {
  boundOfConcentration,
  boundOfPX,
  concentrationOf,
  fixed,
  formatConcentration,
  formatPX,
  pXName,
} from '../../format/affinity.ts'
import type { Translate } from '../../i18n/translate.ts'

export function rowColumns(
  dataset: Dataset,
  t: Translate,
  { similarity }: { similarity: boolean },
): GridColumn<DatasetRow>[] {
  return [
    {
      id: 'index',
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
      cell: row => <Depiction smiles={row.smiles} width={100} height={66} />,
    },
    ...(similarity
      ? [
          {
            id: 'similarity',
            header: t('rows.similarity'),
            width: '92px',
            align: 'end' as const,
            sortable: true,
            cell: (row: DatasetRow) => (row.similarity === undefined ? '–' : fixed(row.similarity, 2)),
          },
        ]
      : []),
    {
      id: 'id',
      header: t('data.id'),
      width: 'minmax(112px, 1fr)',
      sortable: true,
      showFrom: 620,
      cell: row => row.id ?? '–',
    },
    {
      id: 'smiles',
      header: 'SMILES',
      width: 'minmax(110px, 1.6fr)',
      sortable: true,
      cell: row => (
        <span className="mono" title={row.smiles}>
          {row.smiles}
        </span>
      ),
    },
    {
      id: 'pX',
      header: pXName(dataset.endpoint),
      width: '80px',
      align: 'end',
      sortable: true,
      cell: row => (
        <strong style={{ fontWeight: 500 }}>
          {boundOfPX(row.relation)}
          {formatPX(row.pX)}
        </strong>
      ),
    },
    {
      id: 'concentration',
      header: t('data.concentration'),
      width: '112px',
      align: 'end',
      showFrom: 520,
      cell: row => (
        <span title={t('data.rawValue', { value: row.rawValue })}>
          {boundOfConcentration(row.relation)}
          {formatConcentration(concentrationOf(row.pX))}
        </span>
      ),
    },
    {
      id: 'scaffold',
      header: t('data.scaffold'),
      width: 'minmax(110px, 1fr)',
      sortable: true,
      showFrom: 980,
      cell: row => (
        <span className="mono muted" title={row.scaffold ?? ''}>
          {row.scaffold || '–'}
        </span>
      ),
    },
    ...(dataset.splitValues.length > 0
      ? [
          {
            id: 'split',
            header: t('data.split'),
            width: '80px',
            sortable: true,
            showFrom: 700,
            cell: (row: DatasetRow) => row.split ?? '–',
          },
        ]
      : []),
  ]
}
