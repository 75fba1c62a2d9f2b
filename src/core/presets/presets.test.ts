import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PresetDraft } from '../../shared/contract/presets.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createPresets, type PresetService } from './create-presets.ts'

let folder: string
let store: Store
let presets: PresetService
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bindery-presets-'))
  store = await openStore(folder)
  presets = createPresets(store)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const draft = { name: 'Quick', recipe: 'dmpnn', base: 'production', settings: { members: 2 } } satisfies PresetDraft
const refused = (code: string, path: string) => expect.objectContaining({ code, path })

it('keeps what was saved, under a new name where it is renamed', () => {
  const saved = presets.save(draft)
  expect(presets.list()).toEqual([saved])
  const renamed = presets.save({ ...draft, name: 'Quicker', settings: { epochs: 5 }, replaces: 'quick' })
  expect(presets.list()).toEqual([renamed])
  expect(renamed).toMatchObject({ name: 'Quicker', settings: { epochs: 5 }, createdAt: saved.createdAt })
  presets.save({ ...draft, name: 'QUICKER', replaces: 'Quicker' })
  expect(presets.list().map(({ name }) => name)).toEqual(['QUICKER'])
  presets.remove('quicker')
  expect(presets.list()).toEqual([])
})

it('changes the values it names and takes the others from its base', () => {
  presets.save(draft)
  const all = presets.resolve('dmpnn', 'Quick', { epochs: 9 })
  expect(all).toEqual({ ...presets.resolve('dmpnn', 'production', {}), members: 2, epochs: 9 })
})

it('refuses what no recipe takes, and names that are taken', () => {
  presets.save(draft)
  expect(() => presets.save(draft)).toThrow(refused('ERR_4001', 'name'))
  expect(() => presets.save({ ...draft, name: 'quick' })).toThrow(refused('ERR_4001', 'name'))
  expect(() => presets.save({ ...draft, name: 'Smoke' })).toThrow(refused('ERR_2001', 'name'))
  const with_ = (settings: PresetDraft['settings']) => () => presets.save({ ...draft, name: 'Other', settings })
  expect(with_({ layers: 3 })).toThrow(refused('ERR_2001', 'settings.layers'))
  expect(with_({ members: 0 })).toThrow(refused('ERR_2001', 'settings.members'))
  expect(() => presets.save({ ...draft, name: 'Other', replaces: 'None' })).toThrow(refused('ERR_3006', 'preset'))
  expect(() => presets.remove('None')).toThrow(refused('ERR_3006', 'preset'))
  expect(() => presets.resolve('auto', 'Quick', {})).toThrow(refused('ERR_2001', 'preset'))
  expect(() => presets.resolve('auto', 'None', {})).toThrow(refused('ERR_3006', 'preset'))
  expect(presets.list()).toHaveLength(1)
})
