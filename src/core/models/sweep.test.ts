import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store/open-store.ts'
import { createEventBus } from '../system/event-bus.ts'
import { createDownloads } from '../uploads/download-service.ts'
import { createModels } from './create-models.ts'

let workspace: string
let store: Store
beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-models-'))
  store = await openStore(workspace)
})
afterEach(() => {
  store.close()
  rmSync(workspace, { recursive: true })
})

it('removes model folders without a row, and nothing that somebody else has put there', async () => {
  const names = ['mdl_000000000001', 'mdl_000000000002.tmp', 'my backup', 'mdl_notes']
  for (const name of names) mkdirSync(path.join(workspace, 'models', name), { recursive: true })
  const deps = { workspace, host: 'cli', version: '1', fork: () => expect.unreachable() } as const
  const context = {
    deps,
    store,
    events: createEventBus(),
    downloads: createDownloads(),
    datasets: {} as never,
    log: {} as never,
    uploads: {} as never,
  }
  await createModels(context).sweep()
  expect(names.map(name => existsSync(path.join(workspace, 'models', name)))).toEqual([false, false, true, true])
})
