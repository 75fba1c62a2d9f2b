/** What the rest of the application may ask of the jobs. Constructed by `createJobs`, one a workspace. */

import type { z } from 'zod'
import type { Priority, QueueOptions } from '../../shared/contract/job-parts.ts'
import type { Attempt, Job, JobState, transitionSchema } from '../../shared/contract/jobs.ts'
import type { LaneState } from '../../shared/contract/queue.ts'
import type { JobExecutor, JobKind, JobRow } from './executor.ts'
import type { JobChange, Usage } from './job-care.ts'

export type Transition = z.infer<typeof transitionSchema>

export interface NewJob {
  kind: JobKind
  name: string
  datasetId: string | null
  modelId?: string | null
  /** What was asked, stored as JSON and handed to the executor as `job.request`. */
  request: unknown
  /** Priority, retries and limits; as the contract has them by default where left out. */
  queue?: Partial<QueueOptions> | undefined
  /**
   * Runs first, in the transaction that inserts the job: what belongs to it appears with it or not at all. References between
   * the two may go either way; they are checked at the commit.
   */
  prepare?: (jobId: string) => void
}

export interface JobService {
  /** Before `start`, one for each kind. */
  addExecutor(executor: JobExecutor): void
  /**
   * Puts unfinished jobs of an earlier process in order, then starts the queue. Only after the workspace is owned. With
   * `onlyNew` the jobs that wait already go on waiting: for a host that will not stay until they are done.
   */
  start(options?: { onlyNew: boolean }): Promise<void>
  /** Inserts a job in state `queued`; it starts when its lane has a place, by priority and then in order. */
  submit(job: NewJob): Job
  /** Newest first, without those in the trash, or those alone. */
  list(kind?: JobKind, trashed?: boolean): Job[]
  /** The row with what was asked. ERR_3002 where there is none. */
  row(id: string): JobRow
  /** ERR_3002 where there is none. */
  get(id: string): { job: Job; transitions: Transition[]; attempts: Attempt[] }
  /** ERR_4001 in a state that cannot be cancelled. */
  cancel(id: string): Job
  /** ERR_4001 unless it is a training run that runs. */
  pause(id: string, by?: { actor: 'user' | 'host'; cause: string }): Job
  /** Asks a running training run for a checkpoint; `false` where it does not run. */
  saveNow(id: string): boolean
  /**
   * ERR_4001 unless it is a training run that was paused or interrupted, or failed or was cancelled with a checkpoint kept, or an
   * import that was interrupted, which begins anew.
   */
  resume(id: string): Job
  /** Begins the next attempt now, or a failed training run again. ERR_4001 for any other. */
  retry(id: string): Job
  /** The lanes, what waits in which order, and when it will begin. */
  queue(): LaneState[]
  /** Before another waiting job of its lane, or at the end. ERR_4001 unless it waits. */
  moveInQueue(id: string, before: string | null): Job
  setPriority(id: string, priority: Priority): Job
  /** In its turn, whatever its pre-checks say. ERR_4001 unless it waits. */
  startAnyway(id: string): Job
  update(id: string, change: JobChange): Job
  /** Of the run folder. */
  usage(id: string): Promise<Usage>
  /** Out of every list until it is restored; answers what emptying the trash will free. ERR_4001 while it runs or is pinned. */
  trash(id: string): Promise<Usage>
  restore(id: string): Job
  emptyTrash(): Promise<{ removed: number; freedBytes: number }>
  /** Removes an ended job with its run folder. ERR_4001 while it is not ended, or is pinned. */
  remove(id: string): Promise<void>
  /** Jobs with work in progress (preparing to cancelling), not those that only wait. */
  active(): Job[]
  /** Tells everybody what the job is now; for whoever changed it in the store. */
  changed(id: string): void
  /** Resolves when the job is in a terminal state or paused. */
  settled(id: string): Promise<JobState>
  /** While held, nothing that waits is started. */
  holdQueue(held: boolean): void
  /** Cancels everything that waits or runs and waits until the processes are gone. */
  cancelAll(): Promise<void>
  /** Asks running jobs to save and stop, waits until their processes are gone, starts nothing more. Idempotent. */
  close(): Promise<void>
}
