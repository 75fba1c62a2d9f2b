/** What the job runner asks of the code behind one kind of job, and what it gives to it. */
import type { Lane } from '../../shared/contract/job-parts.ts'
import type { Job, JobProgress, JobReason, LogLine, TrainResult } from '../../shared/contract/jobs.ts'
import type { ErrorBody } from '../../shared/errors.ts'
import type { Needs } from './pre-checks.ts'

export type JobKind = Job['kind']
/** `gpu` has one slot and holds every training run, on whatever provider, so that two never share a machine's cores. */
export type { Lane }

/** A row of `jobs`. `request` is the JSON that was asked for; its executor checks it against its own schema. */
export interface JobRow extends Job {
  request: unknown
  /** Of the running child, as far as it is known. */
  pid: number | null
  /** Whatever its pre-checks say. */
  startAnyway: boolean
}

export interface JobControl {
  /** Aborted when the user cancels, pauses or closes the application; `signal.reason` is the first `StopReason`. */
  readonly signal: AbortSignal
  /** Every request to stop, also a later one: a run that is being paused may be cancelled before it has. */
  onStop(listener: (reason: StopReason) => void): void
  /** The user wants what there is to be saved now; for work that can. */
  onSave(listener: () => void): void
  /** Writes the pid of the child that does the work, so that the next start can tell whether it still lives. */
  setPid(pid: number | null): void
  /** Cheap: written and sent at most four times a second, the last one always. */
  progress(progress: JobProgress): void
  log(level: LogLine['level'], message: string): void
  /** preparing → running. */
  enter(state: 'running'): void
  /** Whether something exists from which the run can go on. */
  setHasCheckpoint(has: boolean): void
  /** Since when the process lives without getting on; `null`: it does again. */
  setStalledSince(since: number | null): void
  /** Whether the job would be begun again by itself after this error: then what a new attempt needs is kept. */
  willRetry(error: unknown): boolean
}

/** Why a running job was asked to stop; `timeout`: it passed its own limit. */
export type StopReason = 'cancel' | 'pause' | 'close' | 'timeout'

/**
 * How a run ended. `after` runs once the end is written: what must outlast a crash until then goes here, and the next start does
 * what it left undone. `commit` runs inside the transaction that records the end, so that what a job made and its state `completed`
 * appear together or not at all; it must be synchronous and may throw, which fails the job.
 */
export type JobOutcome =
  | { state: 'completed'; result?: TrainResult; modelId?: string; commit?: () => void; after?: () => Promise<void> }
  | { state: 'failed'; reason: JobReason; error: ErrorBody; commit?: () => void; after?: () => Promise<void> }
  /** It cannot go on as it is: what it has is kept, and it is paused until its user says how it goes on. */
  | { state: 'halted'; reason: JobReason; error: ErrorBody; commit?: () => void; after?: () => Promise<void> }
  /** The work stopped as asked; the runner writes `cancelled`, `paused` or `interrupted`, whichever was asked for. */
  | { state: 'stopped'; commit?: () => void; after?: () => Promise<void> }

/**
 * `run` resolves or rejects only when every process it started is gone. A rejection ends the job as `failed`, or as stopped
 * where the signal had been aborted; an `AppError` gives its reason by `reasonOf`, anything else is a bug and is logged with
 * its stack.
 */
export interface JobExecutor {
  readonly kind: JobKind
  readonly lane: Lane
  run(job: JobRow, control: JobControl): Promise<JobOutcome>
  /** What it takes, roughly; asked when its turn has come. What it cannot judge is left to the run. */
  needs?(job: JobRow): Promise<Needs>
  /**
   * Puts in order what a job left that ended without `run` returning: found unfinished on start (its process is gone by then),
   * or cancelled while it waited and so never run. Called before the job's last transition is written; calling it twice must
   * do no harm.
   */
  cleanUp?(job: JobRow): Promise<void>
  /**
   * Makes ready what the job needs to be queued again at its user's wish, in the transaction that queues it. Throws ERR_4001 where
   * it cannot be. Jobs without it end for good, training runs go on from their checkpoint.
   */
  again?(job: JobRow): void
  /** Removes what the job made and what goes with it when it is removed: its run folder, its result rows. */
  discard?(job: JobRow): Promise<void>
}
