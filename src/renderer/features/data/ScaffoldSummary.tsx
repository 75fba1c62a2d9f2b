import { Button, Group, SegmentedControl } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { fixed, formatPX, pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'
import classes from './explore.module.css'
import { NOTHING } from './row-filter.ts'

const SORTS = ['count', 'meanPX'] as const
const STEP = 12

/** The scaffolds that most compounds share, or that bind tightest; a click shows their compounds. */
export function ScaffoldSummary({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const [sort, setSort] = useState<(typeof SORTS)[number]>('count')
  const [limit, setLimit] = useState(STEP)
  const { id } = dataset
  const { data, error } = useCall(
    signal => client.explore.scaffolds({ id, sort, limit }, { signal }),
    [id, sort, limit],
  )
  if (error) return <ErrorCard error={error} />
  if (!data) return <span className="muted">{t('common.loading')}</span>
  return (
    <>
      <Group gap={12}>
        <span className="muted">
          {t('scaffolds.count', { count: data.total, shown: formatCount(data.total, language) })}
        </span>
        <SegmentedControl
          aria-label={t('scaffolds.order')}
          value={sort}
          onChange={value => setSort(SORTS.find(each => each === value) ?? 'count')}
          data={SORTS.map(value => ({ value, label: t(`scaffolds.by.${value}`, { unit: pXName(dataset.endpoint) }) }))}
        />
      </Group>
      <ul className={classes.scaffolds}>
        {data.scaffolds.map(({ scaffold, count, meanPX, sdPX }) => (
          <li key={scaffold ?? 'unknown'}>
            <button
              type="button"
              className={classes.scaffold}
              disabled={scaffold === null}
              onClick={() => navigate({ page: 'data', id, tab: 'rows', params: { rsc: scaffold || NOTHING } })}
            >
              {scaffold ? (
                <Depiction smiles={scaffold} width={130} height={84} />
              ) : (
                <span style={{ height: 84, display: 'grid', placeItems: 'center' }} className="muted">
                  {t(scaffold === '' ? 'scaffolds.ringless' : 'scaffolds.unknown')}
                </span>
              )}
              <strong style={{ fontWeight: 500 }}>
                {t('data.rowCount', { count, shown: formatCount(count, language) })}
              </strong>
              <span className="muted" style={{ fontSize: 12 }}>
                {meanPX === null
                  ? '–'
                  : `${pXName(dataset.endpoint)} ${formatPX(meanPX)}${sdPX === null ? '' : ` ± ${fixed(sdPX, 2)}`}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {data.total > limit && (
        <Group>
          <Button variant="default" onClick={() => setLimit(limit + 2 * STEP)}>
            {t('scaffolds.more')}
          </Button>
        </Group>
      )}
    </>
  )
}
