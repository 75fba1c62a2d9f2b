import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chooseHost, type Machine } from './choose-host.ts'

let packageFolder: string
beforeEach(() => {
  packageFolder = mkdtempSync(join(tmpdir(), 'bindery-electron-'))
})
afterEach(() => rmSync(packageFolder, { recursive: true }))

const machine = (change: Partial<Machine> = {}): Machine => ({
  packageFolder,
  platform: 'linux',
  environment: { DISPLAY: ':0' },
  uid: 1000,
  ...change,
})

function install(folder = join(packageFolder, 'dist')): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(packageFolder, 'path.txt'), 'electron')
  writeFileSync(join(folder, 'electron'), '')
  return join(folder, 'electron')
}

it('is Electron where its binary and a screen are there', () => {
  const binary = install()
  expect(chooseHost(machine())).toEqual({ host: 'electron', binary })
  expect(chooseHost(machine({ environment: { WAYLAND_DISPLAY: 'wayland-0' } }))).toEqual({ host: 'electron', binary })
  expect(chooseHost(machine({ platform: 'win32', environment: {}, uid: undefined }))).toEqual({
    host: 'electron',
    binary,
  })
})

it('is the binary that the environment names', () => {
  const other = join(packageFolder, 'elsewhere')
  const binary = install(other)
  const environment = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: other }
  expect(chooseHost(machine({ environment }))).toEqual({ host: 'electron', binary })
})

it('is the browser otherwise, and says why', () => {
  const reason = 'the Electron binary is not installed'
  expect(chooseHost(machine())).toEqual({ host: 'headless', reason })
  writeFileSync(join(packageFolder, 'path.txt'), 'electron')
  expect(chooseHost(machine())).toEqual({ host: 'headless', reason })
  install()
  expect(chooseHost(machine({ environment: {} }))).toEqual({ host: 'headless', reason: 'there is no screen' })
  expect(chooseHost(machine({ uid: 0 }))).toEqual({ host: 'headless', reason: 'Electron does not run as root' })
})
