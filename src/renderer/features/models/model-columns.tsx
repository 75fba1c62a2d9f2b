import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { Model } from '../../../shared/contract/models.ts'
import type { ById } from '../../api/app-state.ts'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { Moment } from '../../components/Moment.tsx'
import { SimulatedBadge } from '../../components/StateBadge.tsx'
import { fixed, pXName } from '../../format/affinity.ts'
import { formatBytes } from '../../format/quantities.ts'
import type { Language, MessageKey, Translate } from '../../i18n/translate.ts'
import { ModelStateBadge, VersionBadge } from './ModelStateBadge.tsx'
import { versionName } from './model-words.ts'
import classes from './models.module.css'

interface ModelColumnsContext {
  datasets: ById<Dataset>
  t: Translate
  language: Language
}

export function modelColumns({ datasets, t, language }: ModelColumnsContext): GridColumn<Model>[] {
  const dataName = (model: Model): string =>
    (model.datasetId && datasets[model.datasetId]?.name) || t(DATA_ELSEWHERE[model.origin])
  return [
    {
      id: 'name',
      header: t('common.name'),
      width: 'minmax(150px, 2.4fr)',
      sortValue: model => `${model.name} ${String(model.version).padStart(6, '0')}`,
      cell: model => (
        <span className={classes.name} title={versionName(model)}>
          <strong style={{ fontWeight: 500 }} className="truncate">
            {model.name}
          </strong>
          <VersionBadge model={model} short />
        </span>
      ),
    },
    {
      id: 'endpoint',
      header: t('models.predicts'),
      width: 'minmax(96px, 1fr)',
      sortValue: model => `${pXName(model.endpoint)} ${model.target ?? ''}`,
      cell: model => [pXName(model.endpoint), model.target].filter(part => part).join(' · '),
    },
    {
      id: 'rmse',
      header: t('training.testRmse'),
      width: '104px',
      align: 'end',
      sortValue: model => model.testRmse,
      cell: model => (
        <strong style={{ fontWeight: 500 }}>{model.testRmse === null ? '–' : fixed(model.testRmse, 2)}</strong>
      ),
    },
    {
      id: 'state',
      header: t('models.state'),
      width: '96px',
      showFrom: 460,
      sortValue: model => model.state,
      cell: model => <ModelStateBadge state={model.state} />,
    },
    {
      id: 'data',
      header: t('training.data'),
      width: 'minmax(110px, 1.4fr)',
      showFrom: 520,
      sortValue: dataName,
      cell: model => <span title={dataName(model)}>{dataName(model)}</span>,
    },
    {
      id: 'kind',
      header: t('data.kind'),
      width: '132px',
      showFrom: 640,
      cell: model => (model.simulated ? <SimulatedBadge /> : t('data.kind.table')),
    },
    {
      id: 'size',
      header: t('models.size'),
      width: '88px',
      align: 'end',
      showFrom: 760,
      sortValue: model => model.sizeBytes,
      cell: model => formatBytes(model.sizeBytes, language),
    },
    {
      id: 'created',
      header: t('common.created'),
      width: '128px',
      showFrom: 580,
      sortValue: model => model.createdAt,
      cell: model => (
        <span className="muted">
          <Moment at={model.createdAt} />
        </span>
      ),
    },
  ]
}

const DATA_ELSEWHERE = {
  trained: 'training.dataGone',
  passport: 'models.elsewhere',
  foreign: 'lineage.dataUnknown',
} as const satisfies Record<Model['origin'], MessageKey>
