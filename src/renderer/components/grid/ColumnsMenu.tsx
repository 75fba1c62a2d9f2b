import { ActionIcon, Checkbox, Popover, Stack, Tooltip } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import type { GridColumn } from './grid-column.ts'

/** The columns the user chose, kept in the address under `cols`; `null` where nothing was chosen. */
export function useChosenColumns(): ReadonlySet<string> | null {
  const { cols } = useRoute().params
  return useMemo(() => (cols === undefined ? null : new Set(cols.split(','))), [cols])
}

interface ColumnsMenuProps<Row> {
  columns: readonly GridColumn<Row>[]
  /** Ids of the columns that are shown now. */
  shown: ReadonlySet<string>
}

/** Which columns a grid has. */
export function ColumnsMenu<Row>({ columns, shown }: ColumnsMenuProps<Row>): ReactNode {
  const { t } = useT()
  const free = columns.filter(column => column.isFixed !== true)
  const toggle = (id: string): void => {
    const next = free.filter(column => (column.id === id ? !shown.has(id) : shown.has(column.id)))
    setParams({ cols: next.map(column => column.id).join() || 'none' })
  }
  return (
    <Popover position="bottom-end" withinPortal>
      <Popover.Target>
        <Tooltip label={t('grid.columns')}>
          <ActionIcon aria-label={t('grid.columns')}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('grid.columns')}>
        <Stack gap={8}>
          {free.map(column => (
            <Checkbox
              key={column.id}
              size="xs"
              label={column.header}
              checked={shown.has(column.id)}
              onChange={() => toggle(column.id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
