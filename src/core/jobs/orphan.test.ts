import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { awaitOrphan } from './orphan.ts'

const QUICK = { graceMs: 200, pollMs: 20 }
let child: ChildProcess
afterEach(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
})

/** A Node process with these words on its command line. */
async function startNode(...words: string[]): Promise<number> {
  child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000); console.log(1)', ...words])
  await once(child.stdout!, 'data')
  return child.pid!
}

describe('a process that an earlier Bindery left', () => {
  it.each(['/opt/bindery/out/main/trainer.js', '/home/me/bindery/src/chem-worker/index.ts'])(
    'is killed after its grace: %s',
    async entry => {
      const pid = await startNode(entry)
      const ended = once(child, 'exit')
      expect(await awaitOrphan(pid, QUICK)).toBe('killed')
      expect((await ended)[1]).toBe('SIGKILL')
    },
  )

  it('is gone where its pid belongs to another program that Node runs', async () => {
    const pid = await startNode('/home/me/other/server.js')
    expect(await awaitOrphan(pid, QUICK)).toBe('gone')
    expect(child.signalCode).toBeNull()
  })

  it('is gone where no process has its pid', async () => {
    const pid = await startNode('/opt/bindery/out/main/trainer.js')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await awaitOrphan(pid, QUICK)).toBe('gone')
  })
})
