/** One view of all logs: the application's files and what jobs wrote, merged by time. */
import path from 'node:path'
import type { LoggedLine, LogQuery } from '../../shared/contract/logs.ts'
import { AppError } from '../../shared/errors.ts'
import type { AppDeps } from '../app-context.ts'
import { levelsFrom } from '../jobs/logged-lines.ts'
import type { StoreScans } from '../store/store-reader.ts'
import { readApplicationLog } from './application-log.ts'

export interface LogsService {
  read(query: LogQuery, signal?: AbortSignal): Promise<{ lines: LoggedLine[]; isCut: boolean; folder: string }>
  /** ERR_4001 where the host has no desktop. */
  openFolder(folder: 'logs' | { run: string }): Promise<void>
}

export interface LogsDeps {
  deps: Pick<AppDeps, 'workspace' | 'openFolder'>
  scans: Pick<StoreScans, 'query'>
}

export function createLogs({ deps, scans }: LogsDeps): LogsService {
  const folder = path.join(deps.workspace, 'logs')

  async function ofApplication(query: LogQuery, signal?: AbortSignal): Promise<LoggedLine[]> {
    const found: LoggedLine[] = []
    const isWanted = matcherOf(query)
    for await (const line of readApplicationLog(folder)) {
      signal?.throwIfAborted()
      // Older ones only follow; a line without a time says nothing of them.
      if (query.from !== undefined && line.at !== 0 && line.at < query.from) break
      if (isWanted(line)) found.push(line)
      if (found.length > query.limit) break
    }
    return found
  }

  return {
    read: async (query, signal) => {
      const [application, jobs] = await Promise.all([
        query.source === 'jobs' ? [] : ofApplication(query, signal),
        query.source === 'application' ? [] : scans.query('loggedLines', { ...query, limit: query.limit + 1 }),
      ])
      const lines = [...application, ...jobs].sort((a, b) => b.at - a.at)
      return { lines: lines.slice(0, query.limit), isCut: lines.length > query.limit, folder }
    },
    openFolder: async what => {
      const wanted = what === 'logs' ? folder : path.join(deps.workspace, 'runs', what.run)
      if (deps.openFolder === undefined) {
        throw new AppError('ERR_4001', `this host has no desktop to show a folder on: open ${wanted} yourself`)
      }
      await deps.openFolder(wanted)
    },
  }
}

function matcherOf(query: LogQuery): (line: LoggedLine) => boolean {
  const levels = levelsFrom(query.level)
  const search = query.search.toLowerCase()
  return ({ at, level, message, details }) =>
    levels.includes(level) &&
    at >= (query.from ?? 0) &&
    at < (query.to ?? Number.POSITIVE_INFINITY) &&
    (search === '' || `${message}\n${details ?? ''}`.toLowerCase().includes(search))
}
