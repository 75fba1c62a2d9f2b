/** How long a job will take, judged by the last ones of its kind that completed. */
import type { Job } from '../../shared/contract/jobs.ts'
import type { StoreReader } from '../store/handles.ts'

interface Past {
  /** Over all attempts of the job, without the time it waited or was paused. */
  ms: number
  structures: number | null
}

/** Judged by this many, so that one odd run does not count. */
const LAST = 5

/** A judge that asks the store once for each kind of job; make one for each reading of the queue. */
export function createDurationJudge(store: StoreReader): (job: Job) => number | null {
  const pasts = new Map<string, Past[]>()

  function pastOf(job: Job): Past[] {
    const { recipe = null, preset = null } = job.train ?? {}
    const key = `${job.kind} ${recipe} ${preset}`
    let past = pasts.get(key)
    if (past === undefined) {
      past = store.all<Past>(
        `SELECT SUM(job_attempts.ended_at - job_attempts.started_at) AS ms,
           json_extract(datasets.summary, '$.structures') AS structures
         FROM jobs JOIN job_attempts ON job_attempts.job_id = jobs.id
         LEFT JOIN datasets ON datasets.id = jobs.dataset_id
         WHERE jobs.kind = $kind AND jobs.state = 'completed'
           AND ($recipe IS NULL OR json_extract(jobs.request, '$.recipe') = $recipe)
           AND ($preset IS NULL OR json_extract(jobs.request, '$.preset') = $preset)
         GROUP BY jobs.id ORDER BY jobs.ended_at DESC LIMIT ${LAST}`,
        { kind: job.kind, recipe, preset },
      )
      pasts.set(key, past)
    }
    return past
  }

  return job => {
    const own = job.kind === 'train' ? structuresOf(store, job.datasetId) : null
    const scaled = pastOf(job).map(({ ms, structures }) =>
      own === null || structures === null || structures === 0 ? ms : (ms * own) / structures,
    )
    return median(scaled)
  }
}

function structuresOf(store: StoreReader, datasetId: string | null): number | null {
  if (datasetId === null) return null
  return (
    store.one<{ structures: number | null }>(
      `SELECT json_extract(summary, '$.structures') AS structures FROM datasets WHERE id = ?`,
      [datasetId],
    )?.structures ?? null
  )
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return Math.round(sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2)
}
