/** Which host `npm start` opens on this machine, and why not Electron where it is not that. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type HostChoice = { host: 'electron'; binary: string } | { host: 'headless'; reason: string }

export interface Machine {
  /** The folder of the electron package. */
  packageFolder: string
  platform: NodeJS.Platform
  environment: Readonly<Record<string, string | undefined>>
  /** `undefined` on Windows. */
  uid: number | undefined
}

export function chooseHost({ packageFolder, platform, environment, uid }: Machine): HostChoice {
  const binary = findElectron(packageFolder, environment.ELECTRON_OVERRIDE_DIST_PATH)
  if (binary === null) return { host: 'headless', reason: 'the Electron binary is not installed' }
  if (platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return { host: 'headless', reason: 'there is no screen' }
  }
  // Chromium's sandbox refuses to start as root, and without its sandbox the window is not opened.
  if (platform === 'linux' && uid === 0) return { host: 'headless', reason: 'Electron does not run as root' }
  return { host: 'electron', binary }
}

/** Looks at the package's files only: its own entry would download the binary. */
function findElectron(packageFolder: string, override: string | undefined): string | null {
  const named = join(packageFolder, 'path.txt')
  if (!existsSync(named)) return null
  const binary = join(override || join(packageFolder, 'dist'), readFileSync(named, 'utf8').trim())
  return existsSync(binary) ? binary : null
}
