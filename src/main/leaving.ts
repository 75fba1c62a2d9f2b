/** What happens to running jobs when the window is closed: the user says. */
import { type BrowserWindow, dialog, type MessageBoxOptions } from 'electron'
import type { App } from '../core/create-app.ts'
import { createInProcessConnection } from '../core/workspace/connection.ts'
import { type Job, TERMINAL_STATES } from '../shared/contract/jobs.ts'

/** `leave`: the application may end now. `stay`: as if nothing had been asked. `tray`: on without the window. */
export type Leaving = 'leave' | 'stay' | 'tray'

type Choice = 'tray' | 'pause' | 'cancel' | 'stay'

/** Asks only where jobs run; pausing and cancelling are done, processes gone, when this resolves with `leave`. */
export async function askToLeave(app: App, window: BrowserWindow | null): Promise<Leaving> {
  const jobs = app.activeJobs()
  if (jobs.length === 0) return 'leave'
  const choice = await ask(jobs, window)
  if (choice === 'pause') await pauseAll(app, jobs).catch(release(app))
  if (choice === 'cancel') await app.cancelAll()
  return choice === 'pause' || choice === 'cancel' ? 'leave' : choice
}

/** Whoever stays wants the queue to go on. */
function release(app: App): (error: unknown) => never {
  return error => {
    app.holdQueue(false)
    throw error
  }
}

async function ask(jobs: readonly Job[], window: BrowserWindow | null): Promise<Choice> {
  const { choices, options } = question(jobs)
  const { response } = await (window === null ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options))
  return choices[response] ?? 'stay'
}

/** Pausing is offered where a training run can be paused; imports and predictions are then cancelled, and it says so. */
export function question(jobs: readonly Job[]): { choices: Choice[]; options: MessageBoxOptions } {
  const runs = jobs.filter(canPause)
  const others = jobs.filter(({ kind }) => kind !== 'train').length
  const buttons: [Choice, string][] = [
    ['tray', 'Keep running in the tray'],
    ...(runs.length > 0 ? [['pause', 'Pause and quit'] as [Choice, string]] : []),
    ['cancel', jobs.length === 1 ? 'Cancel the job and quit' : 'Cancel all and quit'],
    ['stay', 'Stay'],
  ]
  const pausing = others > 0 ? ' Imports and predictions cannot be paused; they are cancelled.' : ''
  const choices = buttons.map(([choice]) => choice)
  return {
    choices,
    options: {
      type: 'question',
      title: 'Bindery',
      message: jobs.length === 1 ? `${jobs[0]!.name} is running.` : `${jobs.length} jobs are running.`,
      detail:
        runs.length > 0
          ? `A paused run keeps a checkpoint and goes on from there when you resume it.${pausing}`
          : 'What a cancelled job has done so far is lost.',
      buttons: buttons.map(([, label]) => label),
      defaultId: 0,
      cancelId: choices.indexOf('stay'),
      noLink: true,
    },
  }
}

/** A run that still prepares has nothing to pause: closing interrupts it, and it can begin anew. */
const isPreparingRun = (job: Job): boolean => job.kind === 'train' && job.state === 'preparing'
const canPause = (job: Job): boolean => job.kind === 'train' && job.state === 'running'

async function pauseAll(app: App, jobs: readonly Job[]): Promise<void> {
  const { client } = createInProcessConnection(app)
  const isActive = (id: string) => app.activeJobs().some(job => job.id === id)
  // Listening starts before the first request, so that no end is missed.
  const events = app.events.subscribe()
  // The place of a paused run is free: what waits for it would begin, only to be cut off.
  app.holdQueue(true)
  for (const job of jobs) {
    if (job.state === 'cancelling' || job.state === 'pausing' || isPreparingRun(job)) continue
    try {
      await (canPause(job) ? client.jobs.pause({ id: job.id }) : client.jobs.cancel({ id: job.id }))
    } catch (error) {
      // One that ended while the question was open cannot be paused, and need not be.
      if (isActive(job.id)) throw error
    }
  }
  const asked = jobs.filter(job => !isPreparingRun(job))
  const waiting = new Set(asked.map(job => job.id).filter(isActive))
  while (waiting.size > 0) {
    const { value, done } = await events.next()
    if (done === true) return
    if (value.type === 'job.changed' && isSettled(value.job)) waiting.delete(value.job.id)
    if (value.type === 'job.removed') waiting.delete(value.id)
  }
  await events.return?.()
}

const isSettled = (job: Job): boolean => job.state === 'paused' || TERMINAL_STATES.includes(job.state)
