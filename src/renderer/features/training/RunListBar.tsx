import { Button, NativeSelect } from '@mantine/core'
import { IconChartLine, IconPlus } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { ColumnsMenu } from '../../components/grid/ColumnsMenu.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { Bar, Grow } from '../../components/Layout.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate, setParams } from '../../route/use-route.ts'
import { SHELVES, type Shelf } from './run-filter.ts'

interface RunListBarProps {
  query: string
  shelf: Shelf
  columns: readonly GridColumn<Job>[]
  shown: readonly GridColumn<Job>[]
  /** Marked runs that can be compared; 0 where they are compared already. */
  comparable: number
}

export function openNewRun(): void {
  navigate({ ...currentRoute(), id: 'new', tab: null })
}

/** What is above the list of runs. It stays as it is while one run after another is looked at. */
export const RunListBar = memo(({ query, shelf, columns, shown, comparable }: RunListBarProps): ReactNode => {
  const { t } = useT()
  return (
    <Bar>
      <SearchField label={t('training.filter')} value={query} onChange={text => setParams({ q: text })} w={170} />
      <NativeSelect
        aria-label={t('training.show')}
        value={shelf}
        onChange={({ currentTarget: { value } }) => setParams({ show: value === 'current' ? '' : value })}
        data={SHELVES.map(value => ({ value, label: t(`training.shelf.${value}`) }))}
        w={112}
      />
      <ColumnsMenu columns={columns} shown={new Set(shown.map(column => column.id))} />
      <Grow />
      {comparable > 1 && (
        <Button
          variant="default"
          leftSection={<IconChartLine size={14} />}
          onClick={() => navigate({ ...currentRoute(), id: 'compare', tab: null })}
        >
          {t('compare.open', { count: comparable })}
        </Button>
      )}
      <Button leftSection={<IconPlus size={14} />} onClick={openNewRun}>
        {t('training.new')}
      </Button>
    </Bar>
  )
})
