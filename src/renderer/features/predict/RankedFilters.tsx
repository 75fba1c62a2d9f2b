import { Chip, Group, NativeSelect, TextInput } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import type { ResultFilter } from '../../../shared/contract/predictions.ts'
import { SearchField } from '../../components/SearchField.tsx'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import classes from './predict.module.css'
import { filterOf } from './ranked-rows.ts'

const NAMES = ['find', 'least', 'widest', 'domain', 'errors'] as const

/** The filter, and a key that changes with it. It stands in the address. */
export function useRankedFilter(): { filter: ResultFilter; key: string } {
  const { params } = useRoute()
  const key = NAMES.map(name => params[name] ?? '').join('\u0000')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key holds what it is made of
  const filter = useMemo(() => filterOf(params), [key])
  return { filter, key }
}

export function RankedFilters(): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const domains = (params.domain ?? '').split(',').filter(name => name !== '')
  return (
    <search className={classes.filters} aria-label={t('predict.filters')}>
      <SearchField
        label={t('predict.find')}
        value={params.find ?? ''}
        onChange={text => setParams({ find: text })}
        w={170}
      />
      <TextInput
        aria-label={t('predict.least')}
        placeholder={t('predict.least')}
        inputMode="decimal"
        value={params.least ?? ''}
        onChange={event => setParams({ least: event.currentTarget.value })}
        w={110}
      />
      <TextInput
        aria-label={t('predict.widest')}
        placeholder={t('predict.widest')}
        inputMode="decimal"
        value={params.widest ?? ''}
        onChange={event => setParams({ widest: event.currentTarget.value })}
        w={130}
      />
      <Chip.Group multiple value={domains} onChange={next => setParams({ domain: next.join(',') })}>
        <Group gap={4} role="group" aria-label={t('predict.domain')}>
          {(['inside', 'edge', 'outside'] as const).map(domain => (
            <Chip key={domain} value={domain} size="xs" variant="outline">
              {t(`domain.${domain}.short`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <NativeSelect
        aria-label={t('predict.errorsShown')}
        value={params.errors ?? 'all'}
        onChange={event => setParams({ errors: event.currentTarget.value === 'all' ? '' : event.currentTarget.value })}
        data={(['all', 'none', 'only'] as const).map(value => ({ value, label: t(`predict.errors.${value}`) }))}
      />
      <NativeSelect
        aria-label={t('predict.group')}
        value={params.group ?? ''}
        onChange={event => setParams({ group: event.currentTarget.value })}
        data={[
          { value: '', label: t('predict.group.none') },
          { value: 'scaffold', label: t('predict.group.scaffold') },
          { value: 'cluster', label: t('predict.group.cluster') },
        ]}
      />
    </search>
  )
}
