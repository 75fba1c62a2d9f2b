/**
 * Removes by the user's rules what has had its time: jobs in the trash, runs that came to nothing, checkpoints that a completed run
 * will not go on from, features nobody uses, old logs. What is pinned stays. Some kinds are looked after at each start and daily, as
 * the settings say; the rest goes when the user has seen the preview and says so.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Log } from '../../node/log.ts'
import { type UpkeepItem, type UpkeepKind, type UpkeepRules, upkeepKindSchema } from '../../shared/contract/upkeep.ts'
import type { JobService } from '../jobs/job-service.ts'
import type { StoreReader } from '../store/handles.ts'

export interface UpkeepService {
  preview(): Promise<UpkeepItem[]>
  apply(what: readonly UpkeepKind[]): Promise<UpkeepItem[]>
  /** Does now and every day what goes by itself. Answers the function that stops it. */
  start(): () => void
}

export interface UpkeepDeps {
  workspace: string
  store: StoreReader
  jobs: Pick<JobService, 'usage' | 'remove'>
  log: Log
  rules(): UpkeepRules
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
const GIGABYTE = 1024 ** 3
/** By step: not the best, not a pinned one. */
const RESUMABLE = /^checkpoint-\d+\.bin$/

export function createUpkeep({ workspace, store, jobs, log, rules, now = Date.now }: UpkeepDeps): UpkeepService {
  const before = (days: number): number => now() - days * DAY_MS
  const asRemovable = async ({ id }: { id: string }): Promise<Candidate> => ({
    bytes: (await jobs.usage(id)).bytes,
    remove: () => jobs.remove(id),
  })
  const asCandidate = ({ file, bytes }: FileFacts): Candidate => ({ bytes, remove: () => rm(file, { force: true }) })

  const candidates: Record<UpkeepKind, () => Promise<Candidate[]>> = {
    trash: async () => {
      const old = store.all<{ id: string }>('SELECT id FROM jobs WHERE trashed_at < ? AND pinned = 0', [
        before(rules().trashDays),
      ])
      return Promise.all(old.map(asRemovable))
    },
    runs: async () => {
      const old = store.all<{ id: string }>(
        `SELECT id FROM jobs WHERE kind = 'train' AND state IN ('failed', 'cancelled') AND model_id IS NULL
           AND pinned = 0 AND trashed_at IS NULL AND ended_at < ?`,
        [before(rules().runDays)],
      )
      return Promise.all(old.map(asRemovable))
    },
    checkpoints: async () => {
      const runs = store.all<{ id: string }>(
        "SELECT id FROM jobs WHERE kind = 'train' AND state = 'completed' AND pinned = 0 AND ended_at < ?",
        [before(rules().checkpointDays)],
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
      const { featureGigabytes, featureDays } = rules()
      return newestFirst
        .filter(({ bytes, usedAt }) => {
          kept += bytes
          // What is being made or read now is the newest, and stays whatever its size.
          const isRecent = usedAt > now() - DAY_MS
          return !isRecent && (kept > featureGigabytes * GIGABYTE || usedAt < before(featureDays))
        })
        .map(asCandidate)
    },
    logs: async () =>
      (await filesIn(path.join(workspace, 'logs')))
        .filter(({ file, usedAt }) => file.endsWith('.log') && usedAt < before(rules().logDays))
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
        apply(rules().automatic).then(
          items => {
            const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
            if (bytes > 0) log.info({ items }, 'what had its time was removed')
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
