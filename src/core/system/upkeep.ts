/**
 * Removes by rule what has had its time: jobs in the trash, checkpoints that a completed run will not go on from, features nobody
 * uses, old logs. What is pinned stays. Features and logs can be had again and are looked after daily; the rest goes when the user
 * has seen the preview and says so.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Log } from '../../node/log.ts'
import { UPKEEP_RULES, type UpkeepItem, type UpkeepKind, upkeepKindSchema } from '../../shared/contract/upkeep.ts'
import type { JobService } from '../jobs/job-service.ts'
import type { StoreReader } from '../store/handles.ts'

export interface UpkeepService {
  preview(): Promise<UpkeepItem[]>
  apply(what: readonly UpkeepKind[]): Promise<UpkeepItem[]>
  /** Looks after features and logs now and every day. Answers the function that stops it. */
  start(): () => void
}

export interface UpkeepDeps {
  workspace: string
  store: StoreReader
  jobs: Pick<JobService, 'usage' | 'remove'>
  log: Log
  now?: () => number
}

interface Candidate {
  bytes: number
  remove(): Promise<void>
}

interface FileFacts {
  file: string
  bytes: number
  usedAt: number
}

const DAY_MS = 24 * 3_600_000
/** By step: not the best, not a pinned one. */
const RESUMABLE = /^checkpoint-\d+\.bin$/
const BY_ITSELF: readonly UpkeepKind[] = ['features', 'logs']

export function createUpkeep({ workspace, store, jobs, log, now = Date.now }: UpkeepDeps): UpkeepService {
  const before = (days: number): number => now() - days * DAY_MS
  const asCandidate = ({ file, bytes }: FileFacts): Candidate => ({ bytes, remove: () => rm(file, { force: true }) })

  const candidates: Record<UpkeepKind, () => Promise<Candidate[]>> = {
    trash: async () => {
      const old = store.all<{ id: string }>('SELECT id FROM jobs WHERE trashed_at < ? AND pinned = 0', [
        before(UPKEEP_RULES.trashDays),
      ])
      return Promise.all(
        old.map(async ({ id }) => ({ bytes: (await jobs.usage(id)).bytes, remove: () => jobs.remove(id) })),
      )
    },
    checkpoints: async () => {
      const runs = store.all<{ id: string }>(
        "SELECT id FROM jobs WHERE kind = 'train' AND state = 'completed' AND pinned = 0 AND ended_at < ?",
        [before(UPKEEP_RULES.checkpointDays)],
      )
      const files = await Promise.all(runs.map(({ id }) => filesIn(path.join(workspace, 'runs', id))))
      return files
        .flat()
        .filter(({ file }) => RESUMABLE.test(path.basename(file)))
        .map(asCandidate)
    },
    features: async () => {
      const newestFirst = (await filesIn(path.join(workspace, 'cache', 'features'))).sort((a, b) => b.usedAt - a.usedAt)
      let kept = 0
      return newestFirst
        .filter(({ bytes, usedAt }) => {
          kept += bytes
          // What is being made or read now is the newest, and stays whatever its size.
          const isRecent = usedAt > now() - DAY_MS
          return !isRecent && (kept > UPKEEP_RULES.featureBytes || usedAt < before(UPKEEP_RULES.featureDays))
        })
        .map(asCandidate)
    },
    logs: async () =>
      (await filesIn(path.join(workspace, 'logs')))
        .filter(({ file, usedAt }) => file.endsWith('.log') && usedAt < before(UPKEEP_RULES.logDays))
        .map(asCandidate),
  }

  async function apply(what: readonly UpkeepKind[]): Promise<UpkeepItem[]> {
    const removed: UpkeepItem[] = []
    for (const kind of new Set(what)) {
      const found = await candidates[kind]()
      for (const each of found) await each.remove()
      removed.push(itemOf(kind, found))
    }
    return removed
  }

  return {
    apply,
    preview: () => Promise.all(upkeepKindSchema.options.map(async kind => itemOf(kind, await candidates[kind]()))),
    start: () => {
      const run = (): void => {
        apply(BY_ITSELF).then(
          items => {
            const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
            if (bytes > 0) log.info({ items }, 'features and logs that had their time were removed')
          },
          (error: unknown) => log.error({ err: error }, 'upkeep failed'),
        )
      }
      run()
      const timer = setInterval(run, DAY_MS)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

function itemOf(what: UpkeepKind, found: readonly Candidate[]): UpkeepItem {
  return { what, count: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Empty where there is no such folder. A file that vanishes meanwhile is left out. */
async function filesIn(folder: string): Promise<FileFacts[]> {
  const names = await ifThere(readdir(folder))
  const files = await Promise.all(
    (names ?? []).map(async name => {
      const file = path.join(folder, name)
      const facts = await ifThere(stat(file))
      return facts?.isFile() ? [{ file, bytes: facts.size, usedAt: facts.mtimeMs }] : []
    }),
  )
  return files.flat()
}

async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
