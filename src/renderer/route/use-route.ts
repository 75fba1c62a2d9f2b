import { useMemo, useSyncExternalStore } from 'react'
import { formatRoute, type PageName, parseRoute, type Route, withParams } from './hash-route.ts'

/** Where each page was last, so that the rail leads back to it. */
const lastHash = new Map<PageName, string>()

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

function currentHash(): string {
  return window.location.hash
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, currentHash)
  return useMemo(() => {
    const route = parseRoute(hash)
    lastHash.set(route.page, formatRoute(route))
    return route
  }, [hash])
}

export function currentRoute(): Route {
  return parseRoute(currentHash())
}

/** Goes there; `replace` leaves no step for Back, for filters while they are typed. */
export function navigate(to: Pick<Route, 'page'> & Partial<Route>, { replace = false } = {}): void {
  const hash = formatRoute(to)
  if (hash === currentHash()) return
  // Told at once: the browser would tell of it in a task of its own, often a frame later.
  if (replace) window.history.replaceState(null, '', hash)
  else window.history.pushState(null, '', hash)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

export function setParams(changes: Readonly<Record<string, string>>, replace = true): void {
  navigate(withParams(currentRoute(), changes), { replace })
}

/** Writes parameters into the address without telling the page, for a view that holds them itself and reads them on arrival. */
export function keepInAddress(changes: Readonly<Record<string, string>>): void {
  const hash = formatRoute(withParams(currentRoute(), changes))
  window.history.replaceState(null, '', hash)
}

export function hrefOf(to: Pick<Route, 'page'> & Partial<Route>): string {
  return formatRoute(to)
}

/** The page as it was last seen; its plain address where it has not been seen. */
export function hrefOfPage(page: PageName): string {
  return lastHash.get(page) ?? formatRoute({ page })
}
