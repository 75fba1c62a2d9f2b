import { ActionIcon, Button, NativeSelect, NumberInput, Tooltip } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { SearchField } from '../../components/SearchField.tsx'
import { pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import classes from './explore.module.css'
import { cleared, isFiltered, modeOf, NOTHING, RELATION_GROUPS, SEARCH_MODES, thresholdOf } from './row-filter.ts'

/** What rows are looked at; every choice is in the address. */
export function RowFilters({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const mode = modeOf(params)
  const field = mode === 'text' ? 'rq' : 'rs'
  const unit = pXName(dataset.endpoint)
  return (
    <search className={classes.filters} aria-label={t('rows.filters')}>
      <NativeSelect
        aria-label={t('rows.mode')}
        value={mode}
        onChange={event => setParams({ rmode: event.currentTarget.value, rq: '', rs: '', rarea: '' })}
        data={SEARCH_MODES.map(value => ({ value, label: t(`rows.mode.${value}`) }))}
      />
      <SearchField
        label={t(`rows.query.${mode}`)}
        value={params[field] ?? ''}
        onChange={text => setParams({ [field]: text, rarea: '' })}
        className={classes.query ?? ''}
        {...(mode === 'text' ? {} : { styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } })}
      />
      {mode === 'similarity' && (
        <NumberInput
          aria-label={t('rows.threshold')}
          value={thresholdOf(params)}
          min={0.05}
          max={1}
          step={0.05}
          decimalScale={2}
          w={76}
          onChange={value => typeof value === 'number' && setParams({ rt: String(value) })}
        />
      )}
      {(['rmin', 'rmax'] as const).map(name => (
        <NumberInput
          key={name}
          aria-label={t(`rows.${name}`, { unit })}
          placeholder={t(`rows.${name}.short`, { unit })}
          value={params[name] ?? ''}
          step={0.5}
          w={92}
          onChange={value => setParams({ [name]: String(value) })}
        />
      ))}
      <NativeSelect
        aria-label={t('rows.relation')}
        value={params.rrel ?? ''}
        onChange={event => setParams({ rrel: event.currentTarget.value })}
        data={[
          { value: '', label: t('rows.relation.all') },
          ...(Object.keys(RELATION_GROUPS) as (keyof typeof RELATION_GROUPS)[]).map(value => ({
            value,
            label: t(`rows.relation.${value}`),
          })),
        ]}
      />
      {dataset.splitValues.length > 0 && (
        <NativeSelect
          aria-label={t('data.split')}
          value={params.rsplit ?? ''}
          onChange={event => setParams({ rsplit: event.currentTarget.value })}
          data={[
            { value: '', label: t('rows.split.all') },
            ...dataset.splitValues.map(value => ({ value, label: value })),
            { value: NOTHING, label: t('rows.split.none') },
          ]}
        />
      )}
      {params.rsc !== undefined && (
        <Button variant="light" onClick={() => setParams({ rsc: '' })} title={params.rsc}>
          {t('rows.scaffoldChosen')} ×
        </Button>
      )}
      {params.rarea !== undefined && (
        <Button variant="light" onClick={() => setParams({ rarea: '' })}>
          {t('rows.areaChosen')} ×
        </Button>
      )}
      {isFiltered(params) && (
        <Tooltip label={t('rows.clear')}>
          <ActionIcon aria-label={t('rows.clear')} onClick={() => setParams(cleared())}>
            <IconFilterOff size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </search>
  )
}
