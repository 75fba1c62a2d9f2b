import { Sparkline } from '../../components/charts/Histogram.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { Moment } from '../../components/Moment.tsx'
import { DatasetStateBadge, SimulatedBadge } from '../../components/StateBadge.tsx'
import { formatPX, pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import type { Language, Translate } from '../../i18n/translate.ts'
import type { Family } from './families.ts'

export function datasetColumns(t: Translate, language: Language): GridColumn<Family>[] {
  return [
    {
      id: 'name',
      header: t('common.name'),
      width: 'minmax(150px, 2fr)',
      sortValue: dataset => dataset.name,
      cell: dataset => <strong style={{ fontWeight: 500 }}>{dataset.name}</strong>,
    },
    {
      id: 'state',
      header: t('common.state'),
      width: '104px',
      sortValue: dataset => dataset.state,
      cell: dataset => <DatasetStateBadge state={dataset.state} />,
    },
    {
      id: 'structures',
      header: t('data.compounds'),
      width: '96px',
      align: 'end',
      sortValue: dataset => dataset.summary?.structures ?? null,
      cell: dataset => (dataset.summary ? formatCount(dataset.summary.structures, language) : '–'),
    },
    {
      id: 'endpoint',
      header: t('data.endpoint'),
      width: '84px',
      sortValue: dataset => dataset.endpoint,
      cell: dataset => pXName(dataset.endpoint),
    },
    {
      id: 'range',
      header: t('data.distribution'),
      width: '96px',
      cell: dataset => <Sparkline bins={dataset.histogram} />,
    },
    {
      id: 'span',
      header: t('data.range'),
      width: '104px',
      showFrom: 860,
      sortValue: dataset => dataset.histogram?.min ?? null,
      cell: ({ histogram }) => (histogram ? `${formatPX(histogram.min)} – ${formatPX(histogram.max)}` : '–'),
    },
    {
      id: 'kind',
      header: t('data.kind'),
      width: '132px',
      showFrom: 1100,
      cell: dataset => (dataset.kind === 'simulated' ? <SimulatedBadge /> : t('data.kind.table')),
    },
    {
      id: 'versions',
      header: t('data.versions'),
      width: '76px',
      align: 'end',
      showFrom: 940,
      sortValue: dataset => dataset.versions,
      cell: dataset => dataset.versions,
    },
    {
      id: 'usedBy',
      header: t('data.usedBy'),
      width: '84px',
      align: 'end',
      showFrom: 740,
      sortValue: dataset => dataset.usedBy,
      cell: dataset => (dataset.usedBy === 0 ? '–' : t('data.models', { count: dataset.usedBy })),
    },
    {
      id: 'created',
      header: t('common.created'),
      width: '128px',
      showFrom: 660,
      sortValue: dataset => dataset.createdAt,
      cell: dataset => (
        <span className="muted">
          <Moment at={dataset.createdAt} />
        </span>
      ),
    },
  ]
}
