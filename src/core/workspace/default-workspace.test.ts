import { expect, it } from 'vitest'
import { chooseWorkspace } from './default-workspace.ts'

const home = '/home/ada'

it.each([
  ['linux', {}, '/home/ada/.local/share/bindery'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/bindery'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/bindery'],
  ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/Bindery'],
  ['win32', { APPDATA: '/roaming' }, '/roaming/Bindery'],
  ['win32', {}, '/home/ada/AppData/Roaming/Bindery'],
  ['linux', { BINDERY_WORKSPACE: '/w', XDG_DATA_HOME: '/data' }, '/w'],
  ['linux', { BINDERY_WORKSPACE: '' }, '/home/ada/.local/share/bindery'],
] as const)('on %s with %j: %s', (platform, environment, expected) => {
  expect(chooseWorkspace({ environment, platform, home })).toBe(expected)
})

it('takes what was given over everything, made absolute', () => {
  const chosen = chooseWorkspace({ given: 'mine', environment: { BINDERY_WORKSPACE: '/w' }, platform: 'linux', home })
  expect(chosen).toBe(`${process.cwd()}/mine`)
})
