/** What a host passes on to the outside: calls, files in, files out. */
import type { App } from '../create-app.ts'

export type HostedApp = Pick<App, 'router' | 'uploads' | 'downloads'>
