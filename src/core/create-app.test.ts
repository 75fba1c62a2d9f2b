import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { createRouterClient, ORPCError } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forkNodeChild } from '../node/node-fork.ts'
import type { BinderyClient } from '../shared/contract/index.ts'
import { USUAL_UPKEEP } from '../shared/contract/upkeep.ts'
import { type App, createApp } from './create-app.ts'

let workspace: string
let app: App
let client: BinderyClient

beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'bindery-app-'))
  app = await createApp({ workspace, host: 'headless', version: '0.0.0-test', fork: forkNodeChild })
  client = createRouterClient(app.router)
})
afterEach(async () => {
  await app.close()
  await rm(workspace, { recursive: true, force: true })
})

describe('createApp', () => {
  it('leaves nothing open where it cannot start', async () => {
    await app.close()
    await rm(path.join(workspace, 'models'), { recursive: true })
    await writeFile(path.join(workspace, 'models'), 'not a folder')
    const start = `import { createApp } from ${JSON.stringify(path.join(import.meta.dirname, 'create-app.ts'))}
      await createApp({ workspace: ${JSON.stringify(workspace)}, host: 'cli', version: '1', fork: () => {} })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', start], { stdio: ['ignore', 'ignore', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    clearTimeout(timer)
    expect(said).toContain('EEXIST')
    expect(code).toBe(1)
    expect(await readdir(workspace)).not.toContain('bindery.sqlite-wal')
  })

  it('answers calls of the contract', async () => {
    expect(await client.datasets.list()).toEqual([])
    expect(await client.system.info()).toMatchObject({ host: 'headless', version: '0.0.0-test', workspace })
  })

  it('answers an expected failure as the APP error with its body', async () => {
    const failure = client.datasets.get({ id: 'ds_000000000000' })
    await expect(failure).rejects.toMatchObject({
      code: 'APP',
      defined: true,
      data: { code: 'ERR_3001', message: 'there is no data set ds_000000000000' },
    })
  })

  it('answers invalid input with the place of the problem', async () => {
    const failure = await client.datasets.get({ id: '../etc' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ORPCError)
    expect((failure as ORPCError<'APP', unknown>).data).toMatchObject({ code: 'ERR_2001', path: 'id' })
    const unknownKey = client.system.updateSettings({ theme: 'dark', colour: 'red' } as never)
    await expect(unknownKey).rejects.toMatchObject({ data: { code: 'ERR_2001' } })
  })

  it('changes one setting without resetting the others', async () => {
    await client.system.updateSettings({ trainingThreads: 3 })
    await client.system.updateSettings({ theme: 'dark' })
    expect(await client.system.settings()).toEqual({
      theme: 'dark',
      language: 'system',
      trainingThreads: 3,
      pauseOn: [],
      upkeep: USUAL_UPKEEP,
    })
  })

  it('streams what changes', async () => {
    const events = await client.system.events()
    await client.system.updateSettings({ theme: 'light' })
    const first = await events.next()
    expect(first.value).toMatchObject({ type: 'settings.changed', settings: { theme: 'light' } })
    await events.return?.(undefined)
  })

  it('registers an existing file and refuses one that is not there', async () => {
    const file = path.join(workspace, 'assay.csv')
    await writeFile(file, 'smiles,pKi\nC,5\n')
    expect(await app.uploads.register(file, 'assay.csv')).toMatch(/^up_[0-9a-z]{12}$/)
    await expect(app.uploads.register(`${file}x`, 'x')).rejects.toMatchObject({ code: 'ERR_3004' })
  })

  it('receives a stream, refuses one over its limit and leaves nothing of that behind', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 8; i++) yield new Uint8Array(1_000)
    }
    expect(await app.uploads.receive(bytes(), 'a.csv', 8_000)).toMatch(/^up_/)
    const before = await readdir(path.join(workspace, 'uploads'))
    await expect(app.uploads.receive(bytes(), 'b.csv', 7_999)).rejects.toMatchObject({ code: 'ERR_2004' })
    expect(await readdir(path.join(workspace, 'uploads'))).toEqual(before)
  })

  it('writes a log and can be closed twice', async () => {
    await app.close()
    await app.close()
    const [file] = await readdir(path.join(workspace, 'logs'))
    const lines = (await readFile(path.join(workspace, 'logs', file!), 'utf8')).trim().split('\n')
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(['started', 'closed'])
  })
})
