/** Where the data lies unless the user says otherwise: the platform's folder for application data. */
import { homedir } from 'node:os'
import path from 'node:path'

export interface WorkspaceChoice {
  /** Of the command line. */
  given?: string | undefined
  environment: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  home?: string
}

/** Command line, then BINDERY_WORKSPACE, then the platform's folder; always absolute. */
export function chooseWorkspace({ given, environment, platform, home = homedir() }: WorkspaceChoice): string {
  const chosen = given ?? nonEmpty(environment.BINDERY_WORKSPACE)
  if (chosen !== undefined) return path.resolve(chosen)
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Bindery')
  if (platform === 'win32') {
    return path.join(nonEmpty(environment.APPDATA) ?? path.join(home, 'AppData', 'Roaming'), 'Bindery')
  }
  const data = nonEmpty(environment.XDG_DATA_HOME)
  // The XDG specification has relative paths ignored.
  return path.join(data !== undefined && path.isAbsolute(data) ? data : path.join(home, '.local', 'share'), 'bindery')
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value)
