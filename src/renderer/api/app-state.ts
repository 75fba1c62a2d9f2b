/** What the page knows of the application, and how each event changes it. Pure. */

import type { Dataset } from '../../shared/contract/datasets.ts'
import type { Job, JobState } from '../../shared/contract/jobs.ts'
import type { Model } from '../../shared/contract/models.ts'
import type { AppEvent, Settings } from '../../shared/contract/system.ts'
import { USUAL_UPKEEP } from '../../shared/contract/upkeep.ts'

export type Resources = Extract<AppEvent, { type: 'resources.read' }>['resources']
export type FoundAnomaly = Extract<AppEvent, { type: 'anomaly.found' }>
export type ById<T> = Readonly<Record<string, T>>

export interface AppData {
  datasets: ById<Dataset>
  jobs: ById<Job>
  models: ById<Model>
  settings: Settings
  resources: Resources | null
  /** When something was last written down of what each job used. */
  recorded: ById<number>
  /** What was last found in the curves of each run since the page was opened. */
  found: ById<FoundAnomaly>
}

export const EMPTY_DATA: AppData = {
  datasets: {},
  jobs: {},
  models: {},
  settings: { theme: 'system', language: 'system', trainingThreads: 0, pauseOn: [], upkeep: USUAL_UPKEEP },
  resources: null,
  recorded: {},
  found: {},
}

export function byId<T extends { id: string }>(items: readonly T[]): ById<T> {
  return Object.fromEntries(items.map(item => [item.id, item]))
}

export function applyEvent(data: AppData, event: AppEvent): AppData {
  switch (event.type) {
    case 'dataset.changed':
      return { ...data, datasets: { ...data.datasets, [event.dataset.id]: event.dataset } }
    case 'dataset.removed':
      return { ...data, datasets: without(data.datasets, event.id) }
    case 'job.changed':
      return { ...data, jobs: { ...data.jobs, [event.job.id]: event.job } }
    case 'job.removed':
      return { ...data, jobs: without(data.jobs, event.id) }
    case 'model.changed':
      return { ...data, models: { ...data.models, [event.model.id]: event.model } }
    case 'model.removed':
      return { ...data, models: without(data.models, event.id) }
    case 'anomaly.found':
      return { ...data, found: { ...data.found, [event.jobId]: event } }
    case 'usage.recorded':
      return { ...data, recorded: { ...data.recorded, [event.id]: event.at } }
    case 'settings.changed':
      return { ...data, settings: event.settings }
    case 'resources.read':
      return { ...data, resources: event.resources }
  }
}

function without<T>(items: ById<T>, id: string): ById<T> {
  if (!(id in items)) return items
  const { [id]: _, ...rest } = items
  return rest
}

const PHASE = {
  draft: 'idle',
  queued: 'waiting',
  preparing: 'active',
  running: 'active',
  pausing: 'active',
  paused: 'idle',
  cancelling: 'active',
  completed: 'ended',
  failed: 'ended',
  cancelled: 'ended',
  interrupted: 'ended',
} as const satisfies Record<JobState, 'idle' | 'waiting' | 'active' | 'ended'>

/** Has it a process, or is it about to have one? */
export function isActive(job: Job): boolean {
  return PHASE[job.state] === 'active'
}

export function isWaiting(job: Job): boolean {
  return PHASE[job.state] === 'waiting'
}

export function isEnded(job: Job): boolean {
  return PHASE[job.state] === 'ended'
}

/** May Cancel still do something? */
export function canCancel(job: Job): boolean {
  return (isActive(job) && job.state !== 'cancelling') || isWaiting(job) || job.state === 'paused'
}

export function canPause(job: Job): boolean {
  return job.kind === 'train' && job.state === 'running'
}

/** Paused and interrupted runs in any case; failed and cancelled ones from the checkpoint they kept. */
export function canResume(job: Job): boolean {
  if (job.kind !== 'train') return false
  if (job.state === 'paused' || job.state === 'interrupted') return true
  return job.hasCheckpoint && (job.state === 'failed' || job.state === 'cancelled')
}

/** Newest first. */
export function newestFirst<T extends { createdAt: number }>(items: ById<T>): T[] {
  return Object.values(items).sort((a, b) => b.createdAt - a.createdAt)
}
