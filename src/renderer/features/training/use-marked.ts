import { useMemo } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { ById } from '../../api/app-state.ts'
import { currentRoute, navigate, useRoute } from '../../route/use-route.ts'
import { parseMarked } from './compare.ts'

/** More lines than this in one chart tell nothing. */
const MOST_MARKED = 28
/** Under this width there is room for one pane only: comparing is then a step of its own. */
const TWO_PANES = '(min-width: 1200px)'

export interface Marked {
  jobs: readonly Job[]
  ids: ReadonlySet<string>
  toggle(job: Job): void
  clear(): void
}

/** The runs that are marked to be compared, kept in the address. */
export function useMarked(jobs: ById<Job>): Marked {
  const { params } = useRoute()
  const text = params.runs
  return useMemo(() => {
    const found = parseMarked(text).flatMap(id => jobs[id] ?? [])
    return {
      jobs: found,
      ids: new Set(found.map(({ id }) => id)),
      toggle: job =>
        setMarked(
          toggled(
            found.map(({ id }) => id),
            job.id,
          ),
        ),
      clear: () => setMarked([]),
    }
  }, [jobs, text])
}

function toggled(ids: readonly string[], id: string): string[] {
  return ids.includes(id) ? ids.filter(each => each !== id) : [...ids, id].slice(-MOST_MARKED)
}

/** Two and more are compared at once where there is room for it beside the table. */
function setMarked(ids: readonly string[]): void {
  const route = currentRoute()
  const params = { ...route.params, runs: ids.join() }
  const wide = window.matchMedia(TWO_PANES).matches
  if (ids.length >= 2 && wide && route.id !== 'compare') {
    navigate({ page: 'training', id: 'compare', params })
  } else if (ids.length < 2 && route.id === 'compare') {
    navigate({ page: 'training', id: ids[0] ?? null, params })
  } else navigate({ ...route, params }, { replace: true })
}
