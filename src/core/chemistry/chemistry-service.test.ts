import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { forkFile, forkNodeChild, type NodeChild } from '../../node/node-fork.ts'
import type { ForkChild } from '../processes/child.ts'
import type { CallLimits } from './chem-worker.ts'
import { type ChemistryOptions, type ChemistryService, createChemistry } from './chemistry-service.ts'

const ODD = fileURLToPath(new URL('./fixtures/odd-worker.ts', import.meta.url))
let service: ChemistryService
const children: NodeChild[] = []
afterEach(async () => {
  await service.close()
  expect(children.filter(child => isAlive(child.pid!))).toEqual([])
  children.length = 0
})

function start(
  limits: Partial<CallLimits> = {},
  args: string[] = [],
  more: Partial<ChemistryOptions> = {},
): ChemistryService {
  const fork: ForkChild = () => {
    const child = forkFile(ODD, args)
    children.push(child)
    return child
  }
  service = createChemistry({ fork, log: silentLog(), limits, ...more })
  return service
}
const ask = (...smiles: string[]) => service.parse({ smiles })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('chemistry workers', () => {
  it('answers in order on one warm process', async () => {
    start()
    const answers = await Promise.all([ask('a'), ask('b', 'c'), ask('d')])
    expect(answers).toEqual([
      [{ ok: true, smiles: 'a' }],
      [
        { ok: true, smiles: 'b' },
        { ok: true, smiles: 'c' },
      ],
      [{ ok: true, smiles: 'd' }],
    ])
    expect(children).toHaveLength(1)
  })

  it('passes on an expected failure and keeps the process', async () => {
    start()
    await expect(ask('refuse')).rejects.toMatchObject({ code: 'ERR_2003' })
    await ask('a')
    expect(children).toHaveLength(1)
  })

  it('ends a worker that hangs, and answers those that wait behind it with a new one', async () => {
    start({ deadlineMs: 400 })
    const hanging = ask('hang')
    const waiting = ask('a')
    await expect(hanging).rejects.toMatchObject({ code: 'ERR_9002' })
    expect(isAlive(children[0]!.pid!)).toBe(false)
    expect(await waiting).toEqual([{ ok: true, smiles: 'a' }])
    expect(children).toHaveLength(2)
  })

  it('ends a worker that falls silent, and not one that is only slow', async () => {
    start({ silenceMs: 300, deadlineMs: 20_000 })
    expect(await ask('chatter')).toHaveLength(1)
    await expect(ask('silent')).rejects.toMatchObject({
      code: 'ERR_9002',
      message: expect.stringContaining('nothing for 300 ms'),
    })
  })

  it('ends a worker that eats memory', async () => {
    start({ memoryBytes: 400 * 1024 ** 2 })
    const failure = await ask('eat').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_9003', details: { limitBytes: 400 * 1024 ** 2 } })
    expect((failure as { details: { bytes: number } }).details.bytes).toBeGreaterThan(400 * 1024 ** 2)
    expect(isAlive(children[0]!.pid!)).toBe(false)
  })

  it('tells of a crash and of an early exit, and replaces the process', async () => {
    start()
    await expect(ask('crash')).rejects.toMatchObject({ code: 'ERR_9001', details: { signal: 'SIGABRT' } })
    await expect(ask('exit')).rejects.toMatchObject({ code: 'ERR_9001', details: { code: 0 } })
    expect(await ask('a')).toHaveLength(1)
    expect(children).toHaveLength(3)
  })

  it('fails when no worker becomes ready', async () => {
    start({ startMs: 400 }, ['neverReady'])
    await expect(ask('a')).rejects.toMatchObject({ code: 'ERR_9002' })
    start({}, ['exitAtOnce'])
    await expect(ask('a')).rejects.toMatchObject({ code: 'ERR_9001' })
  })

  it('cancels a call without ending the process of the others', async () => {
    start()
    const stop = new AbortController()
    const call = service.parse({ smiles: ['listen'] }, { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(call).rejects.toMatchObject({ code: 'ERR_4004' })
    await ask('a')
    expect(children).toHaveLength(1)
  })

  it('kills a worker that does not listen to a cancel', async () => {
    start()
    const stop = new AbortController()
    const call = service.request('parse', { smiles: ['hang'] }, { process: 'own', signal: stop.signal })
    await wait(300)
    stop.abort()
    await expect(call).rejects.toMatchObject({ code: 'ERR_4004' })
    expect(isAlive(children[0]!.pid!)).toBe(false)
  })

  it('gives a long call a process of its own that is gone when the call ends', async () => {
    start()
    let pid = 0
    await service.request('parse', { smiles: ['a'] }, { process: 'own', onPid: own => (pid = own) })
    expect(children.map(child => child.pid)).toEqual([pid])
    expect(isAlive(pid)).toBe(false)
  })

  it('holds the worker up while blocks are being taken', async () => {
    start({ silenceMs: 150 })
    const log: string[] = []
    const onItems = async (from: number): Promise<void> => {
      log.push(`begin ${from}`)
      // Longer than the limit of silence: it is our turn, not the worker's.
      await wait(200)
      log.push(`end ${from}`)
    }
    const { result, items } = await service.request('parse', { smiles: ['blocks'] }, { onItems })
    log.push('answered')
    expect(log).toEqual([0, 1, 2, 3, 4].flatMap(i => [`begin ${i}`, `end ${i}`]).concat('answered'))
    expect([result, items]).toEqual([{ accepted: 5, refused: 0 }, []])
  })

  it('ends a call whose taker fails, with its error', async () => {
    start()
    const onItems = (): Promise<void> => Promise.reject(new RangeError('full'))
    await expect(service.request('parse', { smiles: ['blocks'] }, { process: 'own', onItems })).rejects.toThrow(
      RangeError,
    )
  })

  it('keeps a character whole that is written in two pieces', async () => {
    const child = forkFile(ODD)
    children.push(child)
    const exit = new Promise(resolve => child.onExit(resolve))
    let text = ''
    child.onOutput((_stream, piece) => {
      text += piece
    })
    const answered = new Promise<void>(resolve => {
      child.onMessage(message => {
        const { type } = message as { type: string }
        if (type === 'ready') child.send({ type: 'call', requestId: 1, kind: 'parse', input: { smiles: ['split'] } })
        if (type === 'answered') resolve()
      })
    })
    await answered
    child.disconnect()
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(text).toBe('5 µM\n')
    start()
  })
})

describe('the real worker', () => {
  it('parses, and draws what it can', async () => {
    service = createChemistry({ fork: forkNodeChild, log: silentLog() })
    const [ethanol, broken] = await service.parse({ smiles: ['OCC', 'C1CC'] })
    expect(ethanol).toMatchObject({
      ok: true,
      smiles: 'CCO',
      structureKey: 'LFQSCWFLJHTTHZ-UHFFFAOYSA-N',
      heavyAtoms: 3,
    })
    expect(broken).toMatchObject({ ok: false, rule: 'structure.unparsable' })
    const [drawn] = await service.depict({ structures: [{ smiles: 'OCC' }], width: 100, height: 80, theme: 'light' })
    expect(drawn).toMatchObject({ ok: true, svg: expect.stringContaining('<svg') })
  })
})

describe('the pool', () => {
  const pooled = (...smiles: string[]) => service.request('parse', { smiles }, { process: 'pool' })
  const answered = (answers: readonly { items: unknown[] }[]) => answers.flatMap(({ items }) => items)

  it('spreads calls over as many processes as it may have, and starts none without need', async () => {
    start({}, [], { poolSize: 3 })
    await pooled('first')
    expect(children).toHaveLength(1)
    // A chatting call takes half a second, so that the others must look for another process.
    const names = ['chatter', 'chatter', 'c', 'd', 'e']
    const answers = await Promise.all(names.map(name => pooled(name)))
    expect(answered(answers)).toEqual(names.map(smiles => ({ ok: true, smiles })))
    expect(children).toHaveLength(3)
  })

  it('gives a call the next process where one has crashed, and only the guilty call fails', async () => {
    start({}, [], { poolSize: 1 })
    const [crashed, next] = await Promise.allSettled([pooled('crash'), pooled('b')])
    expect(crashed).toMatchObject({ status: 'rejected', reason: { code: 'ERR_9001' } })
    expect(next).toMatchObject({ status: 'fulfilled', value: { items: [{ ok: true, smiles: 'b' }] } })
    expect(children).toHaveLength(2)
  })

  it('lets go of processes that have nothing to do', async () => {
    start({}, [], { poolSize: 2, poolIdleMs: 50 })
    await Promise.all([pooled('chatter'), pooled('b')])
    while (children.some(child => isAlive(child.pid!))) await wait(20)
    expect((await pooled('c')).items).toEqual([{ ok: true, smiles: 'c' }])
  })

  it('tells those who wait when the application closes', async () => {
    start({}, [], { poolSize: 1 })
    const ends = Promise.allSettled([pooled('chatter'), pooled('b')])
    await wait(100)
    await service.close()
    expect((await ends).map(end => end.status === 'rejected' && end.reason.code)).toEqual(['ERR_4004', 'ERR_4004'])
  })
})
