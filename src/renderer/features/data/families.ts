/** Data sets by family: the list shows one line for all versions of the same data. Pure. */
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { ById } from '../../api/app-state.ts'

export interface Family extends Dataset {
  versions: number
}

/** The newest version of each family, with how many there are and all models trained on any of them. */
export function familiesOf(datasets: ById<Dataset>): Family[] {
  const groups = Map.groupBy(Object.values(datasets), dataset => dataset.familyId)
  return [...groups.values()].map(versions => {
    const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
    return {
      ...newest,
      versions: versions.length,
      usedBy: versions.reduce((sum, version) => sum + version.usedBy, 0),
    }
  })
}

export function newestVersion(datasets: ById<Dataset>, { id, familyId }: Dataset): Dataset {
  const family = Object.values(datasets).filter(dataset => dataset.familyId === familyId)
  return family.reduce((a, b) => (b.version > a.version ? b : a), datasets[id] ?? family[0]!)
}
