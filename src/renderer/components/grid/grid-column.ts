import type { ReactNode } from 'react'

/** One column of a grid. */
export interface GridColumn<Row> {
  id: string
  header: string
  /** A track of `grid-template-columns`: `80px`, `minmax(140px, 2fr)`. */
  width: string
  align?: 'start' | 'end'
  cell(row: Row): ReactNode
  /** Given where the grid may be sorted by this column. `null` sorts last either way. */
  sortValue?: (row: Row) => string | number | null
  /** For grids that the application sorts: the column can be sorted by although there is no `sortValue` here. */
  sortable?: boolean
  /** Shown only where the grid is at least this wide, in px. */
  showFrom?: number
  /** Cannot be hidden. */
  isFixed?: boolean
  /** Shown only where the user chose it. */
  isOptional?: boolean
}

/** The columns to show: those chosen, whatever the width, or the usual ones as the width allows. */
export function chosenColumns<Row>(columns: readonly GridColumn<Row>[], chosen: ReadonlySet<string> | null) {
  if (chosen === null) return columns.filter(column => column.isOptional !== true)
  return columns
    .filter(column => column.isFixed === true || chosen.has(column.id))
    .map(({ showFrom: _, ...column }) => column)
}

export interface SortOrder {
  column: string
  descending: boolean
}

/** What a click on a header asks for: ascending, then descending, then ascending again. */
export function nextOrder(current: SortOrder | null, column: string): SortOrder {
  return { column, descending: current?.column === column ? !current.descending : false }
}

/** The least width in px of tracks such as `80px` and `minmax(140px, 2fr)`; a narrower grid scrolls sideways. */
export function tracksWidth(tracks: readonly string[]): number {
  return tracks.reduce((sum, track) => sum + Number(/(\d+)px/.exec(track)?.[1] ?? 0), 0)
}
