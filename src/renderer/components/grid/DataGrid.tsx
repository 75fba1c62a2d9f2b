import { type ColumnDef, createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { type ReactNode, useCallback, useMemo } from 'react'
import { compareValues } from './compare.ts'
import { GridView } from './GridView.tsx'
import type { GridColumn, SortOrder } from './grid-column.ts'

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

type Sortable = string | number

interface Identified {
  id: string
}

export interface DataGridProps<Row extends Identified> {
  label: string
  columns: readonly GridColumn<Row>[]
  /** Keep it stable between renders. */
  rows: Row[]
  order: SortOrder | null
  onOrder(order: SortOrder): void
  selectedId?: string | null
  onSelect?: (row: Row) => void
  onDelete?: (row: Row) => void
  onMark?: (row: Row) => void
  onPress?: (row: Row) => void
  rowHeight?: number
  empty?: ReactNode
}

/** A grid over rows that the page holds, sorted here. */
export function DataGrid<Row extends Identified>(props: DataGridProps<Row>): ReactNode {
  const { columns, rows, order, selectedId = null } = props
  const definitions = useMemo(() => columns.map(column => define(column)), [columns])
  const sorting = useMemo(() => (order ? [{ id: order.column, desc: order.descending }] : []), [order])
  const table = useTable({ features, columns: definitions, data: rows, state: { sorting }, getRowId: row => row.id })
  const sorted = table.getRowModel().rows
  const rowAt = useCallback((index: number) => sorted[index]?.original, [sorted])
  const selectedIndex = useMemo(() => sorted.findIndex(row => row.id === selectedId), [sorted, selectedId])
  return (
    <GridView
      label={props.label}
      columns={columns}
      rowCount={sorted.length}
      rowAt={rowAt}
      order={order}
      onOrder={props.onOrder}
      selectedIndex={selectedIndex}
      onSelect={props.onSelect}
      onDelete={props.onDelete}
      onMark={props.onMark}
      onPress={props.onPress}
      rowHeight={props.rowHeight ?? 32}
      empty={props.empty}
    />
  )
}

function define<Row extends Identified>(column: GridColumn<Row>): ColumnDef<typeof features, Row> {
  const { id, sortValue } = column
  if (!sortValue) return { id, enableSorting: false }
  return {
    id,
    accessorFn: row => sortValue(row) ?? undefined,
    sortFn: (a, b, columnId) => compareValues(a.getValue<Sortable>(columnId), b.getValue<Sortable>(columnId)),
    sortUndefined: 'last',
  }
}
