import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectToOwner } from '../core/workspace/local-client.ts'
import { readOwner, takeOwnership } from '../core/workspace/ownership.ts'
import { type HeadlessHost, startHeadlessHost } from './index.ts'

let folder: string
const open: Extract<HeadlessHost, { kind: 'serving' }>[] = []
const errors: unknown[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindery-headless-'))
  writeFileSync(join(folder, 'index.html'), 'the page')
})
afterEach(async () => {
  for (const host of open.splice(0)) await host.close()
  rmSync(folder, { recursive: true, force: true })
  expect(errors.splice(0)).toEqual([])
})

const workspace = () => join(folder, 'workspace')
async function start(port = 0, pageFolder = folder): Promise<HeadlessHost> {
  const onError = (error: unknown) => errors.push(error)
  const host = await startHeadlessHost({ workspace: workspace(), version: '1.2.3', port, pageFolder, onError })
  if (host.kind === 'serving') open.push(host)
  return host
}

/** Opens a link as a browser does: the cookie it sets goes with the request for the page. */
async function visit(link: string): Promise<string> {
  const first = await fetch(link, { redirect: 'manual' })
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  return (await fetch(new URL('/', link), { headers: { cookie } })).text()
}

describe('the headless host', () => {
  it('serves the page of a workspace that it owns, and gives the workspace back', async () => {
    const host = await start()
    expect(await visit(host.link!)).toBe('the page')
    expect(takeOwnership(workspace())).toBeNull()
    await open.splice(0)[0]!.close()
    const ownership = takeOwnership(workspace())
    expect(ownership).not.toBeNull()
    ownership!.release()
  })

  it('started again, leads to the one that runs by a link of its own', async () => {
    const first = await start()
    const second = await start()
    expect(second).toMatchObject({ kind: 'elsewhere', owner: { pid: process.pid, host: 'headless' } })
    expect(second.link).not.toBe(first.link)
    expect(await visit(second.link!)).toBe('the page')
    expect(await visit(first.link!)).toBe('the page')
  })

  it('answers other processes over its local socket with the same application', async () => {
    await start()
    const connection = await connectToOwner(readOwner(workspace())!)
    expect(await connection.client.system.info()).toMatchObject({
      host: 'headless',
      version: '1.2.3',
      workspace: workspace(),
    })
    connection.close()
  })

  it('says that its port is taken, and holds on to nothing', async () => {
    const first = await start()
    const { port } = first as { port: number }
    await open.splice(0)[0]!.close()
    const other = await start(port)
    const blocked = startHeadlessHost({
      workspace: join(folder, 'other'),
      version: '1',
      port,
      pageFolder: folder,
      onError: () => undefined,
    })
    await expect(blocked).rejects.toMatchObject({ code: 'ERR_4002', path: 'port' })
    takeOwnership(join(folder, 'other'))!.release()
    expect(other.kind).toBe('serving')
  })

  it('does not start without a page', async () => {
    await expect(start(0, join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ERR_1002' })
    takeOwnership(workspace())!.release()
  })
})
