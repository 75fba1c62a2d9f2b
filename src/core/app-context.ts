/** What a host gives to `createApp`. The core knows no host beyond this. */
import type { ForkChild } from './processes/child.ts'

export interface AppDeps {
  /** The data folder; created if absent. */
  workspace: string
  host: 'electron' | 'headless' | 'cli'
  version: string
  fork: ForkChild
}
