/**
 * The browser the journeys run in: the system's Chromium, Chrome or Edge, else Playwright's own, else Debian's package where we
 * may install it. Nothing else is ever downloaded.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

export interface FoundBrowser {
  path: string | null
  /** Where it comes from, or why there is none. */
  note: string
}

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'msedge']

function fixedPlaces(): string[] {
  const programs = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
  return [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programs
      .filter(folder => folder !== undefined)
      .flatMap(folder => [
        join(folder, 'Google/Chrome/Application/chrome.exe'),
        join(folder, 'Microsoft/Edge/Application/msedge.exe'),
      ]),
  ]
}

export function systemBrowser(searchPath: string | undefined = process.env.PATH): string | null {
  const folders = (searchPath ?? '').split(delimiter).filter(folder => folder !== '')
  const candidates = COMMANDS.flatMap(command => folders.map(folder => join(folder, command)))
  return [...candidates, ...fixedPlaces()].find(isExecutable) ?? null
}

export function findBrowser(): FoundBrowser {
  const named = process.env.BINDERY_CHROMIUM
  if (named !== undefined) {
    return isExecutable(named)
      ? { path: named, note: named }
      : { path: null, note: `BINDERY_CHROMIUM names ${named}, which is not an executable file` }
  }
  const system = systemBrowser()
  if (system !== null) return { path: system, note: system }
  const own = chromium.executablePath()
  if (existsSync(own)) return { path: own, note: `Playwright's Chromium (${own})` }
  return installOnDebian()
}

function installOnDebian(): FoundBrowser {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    return {
      path: null,
      note: 'no Chromium, Chrome or Edge found, and it cannot be installed here (not root on Debian)',
    }
  }
  console.log('no browser found: apt-get install chromium fonts-noto-cjk')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...args: string[]) => spawnSync('apt-get', args, { stdio: 'ignore', env: environment }).status === 0
  const installed = aptGet('update') && aptGet('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk')
  const path = systemBrowser()
  if (installed && path !== null) return { path, note: `${path} (installed now)` }
  return { path: null, note: 'no Chromium, Chrome or Edge found, and apt-get install chromium failed' }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
