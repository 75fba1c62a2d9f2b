import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
const processes: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindery-cli-'))
})
afterEach(async () => {
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'index.ts'), ...args], {
    env: { ...process.env, BINDERY_WORKSPACE: join(folder, 'workspace') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  return child
}

async function bindery(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = start(...args)
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  return { code: code as number, out, err }
}

describe('the command line', () => {
  it('prints one JSON object and exits 0', async () => {
    const { code, out } = await bindery('datasets', '--json')
    expect({ code, value: JSON.parse(out) }).toEqual({ code: 0, value: { datasets: [] } })
    expect(out.trim().split('\n')).toHaveLength(1)
  })

  it('ends in order where whoever reads has had enough', async () => {
    const child = start('datasets')
    child.stdout!.destroy()
    const [err, [code, signal]] = await Promise.all([text(child.stderr!), once(child, 'close')])
    expect({ code, signal, err }).toEqual({ code: 0, signal: null, err: '' })
  })

  it('takes --workspace before and after the command, over the environment', async () => {
    const other = join(folder, 'other')
    await bindery('--workspace', other, 'datasets')
    await bindery('datasets', '--workspace', `${other}2`)
    for (const used of [other, `${other}2`])
      expect(readFileSync(join(used, 'bindery.sqlite')).length).toBeGreaterThan(0)
    expect(() => readFileSync(join(folder, 'workspace/bindery.sqlite'))).toThrow('ENOENT')
  })

  it('prints a failure as {"error"} and exits 1', async () => {
    const { code, out } = await bindery('show', 'ds_000000000000', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({ error: { code: 'ERR_3001', message: expect.any(String) } })
    const missing = await bindery('import', join(folder, 'absent.csv'), '--json')
    expect(missing.code).toBe(1)
    expect(JSON.parse(missing.out).error.code).toBe('ERR_3004')
  })

  it('says failures in words on standard error without --json', async () => {
    const { code, out, err } = await bindery('show', 'nonsense')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('ERR_2001: "nonsense": expected the id of')
  })

  it.each([
    [['train']],
    [['train', '--dataset', 'x', '--split', 'alphabetical']],
    [['train', '--dataset', 'x', '--seed', '1.5']],
    [['train', '--dataset', 'x', '--fold', '6/5']],
    [['split', '--dataset', 'x']],
    [['train', '--dataset', 'x', '--set', 'epochs']],
    [['import']],
    [['import', 'a.csv', '--unit', 'furlong']],
    [['predict', '--model', 'm', '--input', 'i']],
    [['serve', '--port', '70000']],
    [['dance']],
    [['datasets', '--colour']],
  ])('exits 2 on wrong usage: %j', async args => {
    const { code, out } = await bindery(...args, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(out).error.message).not.toMatch(/^error:/)
    expect(() => readFileSync(join(folder, 'workspace/bindery.sqlite'))).toThrow('ENOENT')
  })

  it('refuses an output that cannot be written before any work', async () => {
    const { code, out } = await bindery(
      'predict',
      '--model',
      'm',
      '--input',
      'i',
      '--output',
      join(folder, 'no/o.csv'),
      '--json',
    )
    expect(code).toBe(1)
    expect(JSON.parse(out).error).toMatchObject({ code: 'ERR_3004', path: '--output' })
  })

  it('describes the machine and the workspace', async () => {
    const { code, out } = await bindery('doctor', '--quick', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      host: 'cli',
      owner: null,
      workspace: join(folder, 'workspace'),
      commandLine: { runtime: `Node ${process.version}` },
      counts: { datasets: 0, jobs: 0, models: 0 },
      providersBuiltIn: expect.arrayContaining(['cpu']),
      diskFreeBytes: expect.any(Number),
      database: { integrity: ['ok'], ok: true },
      providers: null,
    })
  })

  it('says where the workspace is a file', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'workspace'), '')
    const { code, out } = await bindery('datasets', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out).error).toMatchObject({ code: 'ERR_2001', path: 'workspace' })
  })
})
