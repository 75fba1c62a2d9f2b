/** Which runs the table shows. Pure. */
import type { Job } from '../../../shared/contract/jobs.ts'

export const SHELVES = ['current', 'archived', 'trash'] as const
export type Shelf = (typeof SHELVES)[number]

export function shelfOf({ archivedAt, trashedAt }: Pick<Job, 'archivedAt' | 'trashedAt'>): Shelf {
  if (trashedAt !== null) return 'trash'
  return archivedAt === null ? 'current' : 'archived'
}

/** Every word of the query must be somewhere in what is written about the run. */
export function matches(job: Job, query: string, datasetName: string | undefined): boolean {
  const { name, number, state, train, tags, notes } = job
  const text = [name, `#${number}`, datasetName, state, train?.recipe, train?.preset, train?.split, ...tags, notes]
    .join(' ')
    .toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}
