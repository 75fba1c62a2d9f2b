/**
 * The address of everything that can be looked at: `#/<page>/<id>/<tab>?<param>=<value>`. Selection, tab, filters and sort order
 * live here and nowhere else, so that back, forward, reload and deep links work.
 */
export const PAGES = ['home', 'data', 'training', 'models', 'predict', 'settings'] as const
export type PageName = (typeof PAGES)[number]

export interface Route {
  page: PageName
  /** What is selected on the page. */
  id: string | null
  tab: string | null
  /** Filters, search and sort order; empty values are left out. */
  params: Readonly<Record<string, string>>
}

export function isPage(name: string | undefined): name is PageName {
  return PAGES.includes(name as PageName)
}

/** Any hash gives a route; what cannot be read gives the home page. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const [page, id, tab] = path.split('/').map(decode)
  if (!isPage(page)) return { page: 'home', id: null, tab: null, params: {} }
  const params: Record<string, string> = {}
  for (const [key, value] of new URLSearchParams(query)) if (value !== '') params[key] = value
  return { page, id: id || null, tab: (id && tab) || null, params }
}

export function formatRoute(route: Pick<Route, 'page'> & Partial<Route>): string {
  const { page, id, tab, params = {} } = route
  const path = [page, id, id ? tab : null].filter(part => part).map(part => encodeURIComponent(part as string))
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== '')).toString()
  return `#/${path.join('/')}${query === '' ? '' : `?${query}`}`
}

/** The route with some parameters set; an empty value takes its parameter out. */
export function withParams(route: Route, changes: Readonly<Record<string, string>>): Route {
  const params = Object.fromEntries(Object.entries({ ...route.params, ...changes }).filter(([, value]) => value !== ''))
  return { ...route, params }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray % in a hand-written link: take the text as it stands.
    return part
  }
}
