import { useElementSize, useMergedRef } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import classes from './grid.module.css'
import { type GridColumn, nextOrder, type SortOrder, tracksWidth } from './grid-column.ts'
import { rowStep } from './row-step.ts'

export interface GridViewProps<Row> {
  /** Name for a screen reader. */
  label: string
  columns: readonly GridColumn<Row>[]
  rowCount: number
  /** `undefined` while the row is on its way. */
  rowAt(index: number): Row | undefined
  rowHeight?: number
  order: SortOrder | null
  onOrder(order: SortOrder): void
  selectedIndex?: number
  onSelect?: ((row: Row) => void) | undefined
  onDelete?: ((row: Row) => void) | undefined
  /** Space on a row. */
  onMark?: ((row: Row) => void) | undefined
  /** The pointer goes down on a row: a moment before a click, in which something can be fetched. */
  onPress?: ((row: Row) => void) | undefined
  /** A click, Enter or Space on a row. */
  onOpen?: ((row: Row) => void) | undefined
  /** Rows that have come into view, for grids that load what they show. */
  onRange?: (first: number, last: number) => void
  empty?: ReactNode
}

/** A virtualised grid that shows only what is in view; 100,000 rows scroll as well as 100. */
export function GridView<Row>(props: GridViewProps<Row>): ReactNode {
  const { columns, rowCount, rowAt, rowHeight = 32, selectedIndex = -1, onRange } = props
  const { ref: sizeRef, width } = useElementSize()
  const scroller = useRef<HTMLDivElement>(null)
  const mergedRef = useMergedRef(sizeRef, scroller)
  const [active, setActive] = useState(-1)
  const baseId = useId()

  const shown = useMemo(
    () => columns.filter(column => width === 0 || column.showFrom === undefined || width >= column.showFrom),
    [columns, width],
  )
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: 31,
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? -1

  useEffect(() => onRange?.(first, last), [onRange, first, last])
  useEffect(() => {
    setActive(selectedIndex)
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex, { align: 'auto' })
  }, [selectedIndex, virtualizer])

  function handleKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rowAt(active)
    if (event.key === 'Delete' && row !== undefined && props.onDelete) props.onDelete(row)
    else if (event.key === ' ' && row !== undefined && props.onMark) props.onMark(row)
    else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined && props.onOpen) props.onOpen(row)
    else if (event.key === 'Enter' && row !== undefined && props.onSelect) props.onSelect(row)
    else {
      const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
      const next = rowStep(event.key, active, rowCount, pageRows)
      if (next === null) return
      setActive(next)
      virtualizer.scrollToIndex(next, { align: 'auto' })
      const target = rowAt(next)
      if (target !== undefined) props.onSelect?.(target)
    }
    event.preventDefault()
  }

  if (rowCount === 0 && props.empty) return props.empty
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a <table>
    <div
      ref={mergedRef}
      role="grid"
      className={classes.grid}
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={shown.length}
      aria-activedescendant={active >= first && active <= last ? `${baseId}-${active}` : undefined}
      onKeyDown={handleKey}
      style={trackStyle(shown)}
    >
      <GridHead columns={shown} order={props.order} onOrder={props.onOrder} />
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rowAt(index)
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of its active row
            <div
              key={index}
              id={`${baseId}-${index}`}
              role="row"
              tabIndex={-1}
              className={classes.row}
              aria-rowindex={index + 2}
              aria-selected={index === selectedIndex}
              data-active={index === active}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onPointerDown={() => row !== undefined && props.onPress?.(row)}
              onClick={() => {
                setActive(index)
                scroller.current?.focus({ preventScroll: true })
                if (row !== undefined) (props.onOpen ?? props.onSelect)?.(row)
              }}
            >
              {shown.map(column => (
                // biome-ignore lint/a11y/useSemanticElements: see above
                // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
                <div key={column.id} role="gridcell" className={cellClass(column)}>
                  {row === undefined ? <div className={classes.waiting} /> : column.cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface GridHeadProps<Row> {
  columns: readonly GridColumn<Row>[]
  order: SortOrder | null
  onOrder(order: SortOrder): void
}

function GridHead<Row>({ columns, order, onOrder }: GridHeadProps<Row>): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a <table>
    <div role="rowgroup" className={classes.head}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the sort buttons inside hold the focus */}
      <div role="row" className={classes.row} aria-rowindex={1}>
        {columns.map(column => {
          const direction = order?.column === column.id ? (order.descending ? 'descending' : 'ascending') : undefined
          const Arrow = order?.descending ? IconArrowDown : IconArrowUp
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the button inside holds the focus
            <div key={column.id} role="columnheader" aria-sort={direction} className={cellClass(column)}>
              {column.sortValue || column.sortable ? (
                <button type="button" className={classes.sort} onClick={() => onOrder(nextOrder(order, column.id))}>
                  <span className="truncate">{column.header}</span>
                  {direction && <Arrow size={12} aria-hidden />}
                </button>
              ) : (
                <span className="truncate">{column.header}</span>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function trackStyle<Row>(columns: readonly GridColumn<Row>[]): CSSProperties {
  const tracks = columns.map(column => column.width)
  return { '--grid-tracks': tracks.join(' '), '--grid-width': `${tracksWidth(tracks)}px` } as CSSProperties
}

function cellClass<Row>(column: GridColumn<Row>): string {
  return column.align === 'end' ? `${classes.cell} ${classes.end}` : (classes.cell ?? '')
}
