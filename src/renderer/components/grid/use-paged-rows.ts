import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react'
import { useApp } from '../../api/app-store.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

const PAGE_ROWS = 200
const KEPT_PAGES = 60

export interface RowsPage<Row> {
  total: number
  rows: Row[]
}
type FetchPage<Row> = (offset: number, limit: number, signal: AbortSignal) => Promise<RowsPage<Row>>

export interface PagedRows<Row> {
  total: number
  rowAt(index: number): Row | undefined
  onRange(first: number, last: number): void
  error: UiError | undefined
  /** Nothing has arrived yet. */
  starting: boolean
}

/** Rows of a table too long to hold: pages are called for as they come into view, and forgotten oldest first. */
export function usePagedRows<Row>(fetchPage: FetchPage<Row>, dependencies: DependencyList): PagedRows<Row> {
  const epoch = useApp(state => state.epoch)
  const [, redraw] = useState(0)
  const latest = useRef(fetchPage)
  latest.current = fetchPage
  const store = useRef(emptyStore<Row>())

  const load = useCallback((page: number) => {
    const mine = store.current
    if (mine.pages.has(page) || mine.wanted.has(page)) return
    mine.wanted.add(page)
    latest.current(page * PAGE_ROWS, PAGE_ROWS, mine.aborter.signal).then(
      answer => {
        if (mine !== store.current) return
        mine.wanted.delete(page)
        mine.total = answer.total
        mine.starting = false
        mine.error = undefined
        mine.pages.set(page, answer.rows)
        if (mine.pages.size > KEPT_PAGES) mine.pages.delete(mine.pages.keys().next().value as number)
        redraw(count => count + 1)
      },
      (error: unknown) => {
        mine.wanted.delete(page)
        if (mine !== store.current || isAbort(error, mine.aborter.signal)) return
        mine.error = toUiError(error)
        mine.starting = false
        redraw(count => count + 1)
      },
    )
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what its pages depend on
  useEffect(() => {
    const previous = store.current
    store.current = { ...emptyStore<Row>(), total: previous.total, shown: previous.shown }
    // What was in view is asked for first; the old rows stay until it has arrived.
    store.current.old = previous.pages
    const [first, last] = previous.shown
    load(0)
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) load(page)
    redraw(count => count + 1)
    const mine = store.current
    return () => mine.aborter.abort()
  }, [epoch, load, ...dependencies])

  const onRange = useCallback(
    (first: number, last: number) => {
      if (last < first) return
      store.current.shown = [first, last]
      for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) load(page)
    },
    [load],
  )
  const rowAt = useCallback((index: number) => {
    const page = Math.floor(index / PAGE_ROWS)
    const rows = store.current.pages.get(page) ?? store.current.old.get(page)
    return rows?.[index % PAGE_ROWS]
  }, [])
  const { total, error, starting } = store.current
  return { total, rowAt, onRange, error, starting }
}

interface PageStore<Row> {
  pages: Map<number, Row[]>
  old: Map<number, Row[]>
  wanted: Set<number>
  shown: [first: number, last: number]
  total: number
  error: UiError | undefined
  starting: boolean
  aborter: AbortController
}

function emptyStore<Row>(): PageStore<Row> {
  return {
    pages: new Map(),
    old: new Map(),
    wanted: new Set(),
    shown: [0, 0],
    total: 0,
    error: undefined,
    starting: true,
    aborter: new AbortController(),
  }
}
