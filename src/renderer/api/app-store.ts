/** The page's one copy of the application's state: an initial list, then events. No polling. */
import { create } from 'zustand'
import type { BinderyClient } from '../../shared/contract/index.ts'
import { type AppData, applyEvent, byId, EMPTY_DATA } from './app-state.ts'
import type { Connection, ConnectionState } from './connect.ts'
import { ConnectionLostError } from './connect.ts'
import { toUiError, type UiError } from './ui-error.ts'

export type AppInfo = Awaited<ReturnType<BinderyClient['system']['info']>>

export interface AppStore extends AppData {
  connection: ConnectionState
  /** Counts the times the state was read afresh; calls that show state run again when it grows. */
  epoch: number
  info: AppInfo | null
  /** Why the state could not be read although the line is open. */
  error: UiError | null
}

export const useApp = create<AppStore>()(() => ({
  ...EMPTY_DATA,
  connection: 'connecting',
  epoch: 0,
  info: null,
  error: null,
}))

const RETRY_MS = 2000

/** Keeps the store in step with the application for as long as the page lives. */
export function follow(connection: Connection): void {
  let current = 0
  connection.onState(state => {
    const mine = ++current
    if (state !== 'open') {
      useApp.setState({ connection: state })
      return
    }
    void (async () => {
      while (mine === current) {
        try {
          await readAndListen(connection.client)
        } catch (error) {
          if (mine !== current || error instanceof ConnectionLostError) return
          useApp.setState({ error: toUiError(error) })
        }
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      }
    })()
  })
}

/** Subscribes first and lists second, so that no change falls between the two: a late event only repeats what was listed. */
async function readAndListen(client: BinderyClient): Promise<void> {
  const events = await client.system.events()
  const [info, settings, datasets, jobs, models] = await Promise.all([
    client.system.info(),
    client.system.settings(),
    client.datasets.list(),
    client.jobs.list({}),
    client.models.list(),
  ])
  useApp.setState(state => ({
    info,
    settings,
    datasets: byId(datasets),
    jobs: byId(jobs),
    models: byId(models),
    connection: 'open',
    epoch: state.epoch + 1,
    error: null,
  }))
  for await (const event of events) useApp.setState(state => applyEvent(state, event))
}
