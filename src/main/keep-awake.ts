/** The machine does not go to sleep while a job runs. */
import { powerSaveBlocker } from 'electron'
import type { App } from '../core/create-app.ts'

/** Follows the jobs until the application closes. */
export async function keepAwakeWhileBusy(app: Pick<App, 'events' | 'activeJobs'>): Promise<void> {
  let blocker: number | null = null
  const update = (): void => {
    const busy = app.activeJobs().length > 0
    if (busy && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!busy && blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
  const events = app.events.subscribe()
  update()
  for await (const event of events) if (event.type === 'job.changed' || event.type === 'job.removed') update()
  if (blocker !== null) powerSaveBlocker.stop(blocker)
}
