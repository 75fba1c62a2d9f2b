import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forkNodeChild } from '../../node/node-fork.ts'
import { openWorkspace } from './open-workspace.ts'

let workspace: string
beforeEach(() => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-open-'))
})
afterEach(() => rmSync(workspace, { recursive: true }))

const open = () => openWorkspace({ workspace, host: 'cli', version: '1', fork: forkNodeChild })

it('is forwarded to an owner that stays', async () => {
  const [first, second] = [await open(), await open()]
  expect([first.kind, second.kind]).toEqual(['owned', 'forwarded'])
  await second.close()
  await first.close()
})

it('waits for an owner that is leaving, and owns the workspace then', async () => {
  const first = await open()
  // Starts a chemistry worker, whose end the owner waits for.
  await first.connection.client.chemistry.check({ smiles: 'CCO' })
  const closing = first.close()
  const second = await open()
  expect(second.kind).toBe('owned')
  await closing
  await second.close()
})
