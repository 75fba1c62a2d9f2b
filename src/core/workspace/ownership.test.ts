import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOwner, takeOwnership } from './ownership.ts'

let workspace: string
const processes: ChildProcess[] = []

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'bindery-owner-'))
})
afterEach(async () => {
  for (const child of processes.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  rmSync(workspace, { recursive: true, force: true })
})

/** Starts a process that tries to own the workspace; answers with what it said. */
async function contend(): Promise<{ said: string; child: ChildProcess }> {
  const file = join(import.meta.dirname, 'hold-lock.fixture.ts')
  const child = spawn(process.execPath, [file, workspace], { stdio: ['ignore', 'pipe', 'inherit'] })
  processes.push(child)
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
  return { said: chunk.toString().trim(), child }
}

describe('ownership', () => {
  it('is had by one and told to others', async () => {
    const first = takeOwnership(workspace)!
    expect(takeOwnership(workspace)).toBeNull()
    expect(readOwner(workspace)).toBeNull()
    await first.announce({ host: 'headless', version: '1', socket: '/s', secret: 'x' })
    expect(readOwner(workspace)).toMatchObject({ pid: process.pid, host: 'headless', socket: '/s', secret: 'x' })
    expect(statSync(join(workspace, 'owner.json')).mode & 0o777).toBe(0o600)
    first.release()
    first.release()
    expect(readOwner(workspace)).toBeNull()
    const second = takeOwnership(workspace)
    expect(second).not.toBeNull()
    second!.release()
  })

  it('goes to exactly one of several processes that ask at once', async () => {
    const answers = await Promise.all([contend(), contend(), contend(), contend()])
    expect(answers.map(answer => answer.said).sort()).toEqual(['owner', 'refused', 'refused', 'refused'])
  })

  it('ends with its process, even one that was killed, and its announcement with it', async () => {
    const { said, child } = await contend()
    expect(said).toBe('owner')
    expect(takeOwnership(workspace)).toBeNull()
    expect(readOwner(workspace)?.pid).toBe(child.pid)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readOwner(workspace)).toBeNull()
    takeOwnership(workspace)!.release()
  })

  it('is not given by a file alone: a living pid that was handed out again owns nothing', async () => {
    writeFileSync(
      join(workspace, 'owner.json'),
      JSON.stringify({ pid: 1, startedAt: 0, host: 'cli', version: '0', machine: 'm', socket: '/s', secret: 'x' }),
    )
    const ownership = takeOwnership(workspace)!
    await ownership.announce({ host: 'cli', version: '1', socket: '/t', secret: 'y' })
    expect(JSON.parse(readFileSync(join(workspace, 'owner.json'), 'utf8')).pid).toBe(process.pid)
    ownership.release()
  })

  it('says where the workspace cannot be written', () => {
    writeFileSync(join(workspace, 'file'), '')
    expect(() => takeOwnership(join(workspace, 'file'))).toThrow(/workspace .*file: cannot be opened or created/)
  })
})
