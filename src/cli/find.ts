import { AppError, type ErrorCode } from '../shared/errors.ts'

/**
 * By id, else by a name that only one has; of the versions of a model, the current one is meant. `notFound` where there is none,
 * ERR_2007 where there are several.
 */
export function findByNameOrId<T extends { id: string; name: string; isCurrent?: boolean }>(
  items: readonly T[],
  wanted: string,
  notFound: ErrorCode,
): T {
  const byId = items.find(item => item.id === wanted)
  if (byId !== undefined) return byId
  const byName = items.filter(item => item.name === wanted && item.isCurrent !== false)
  if (byName.length === 1) return byName[0]!
  if (byName.length === 0) throw new AppError(notFound, `there is nothing with the id or name "${wanted}"`)
  const ids = byName.map(item => item.id)
  throw new AppError('ERR_2007', `"${wanted}" is the name of ${ids.length}; give an id: ${ids.join(', ')}`, {
    details: { ids },
  })
}
