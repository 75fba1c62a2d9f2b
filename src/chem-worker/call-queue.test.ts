import { describe, expect, it } from 'vitest'
import type { ChemCommand, ChemMessage } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallContext, CallHandlers } from './call.ts'
import { createCallQueue } from './call-queue.ts'
import type { StructureReader } from './structure-reader.ts'

type Work = (input: { smiles: string[] }, context: CallContext<unknown>) => Promise<unknown>

/** A queue whose `scaffold` calls do `work`; nothing here touches a structure. */
function queueOf(work: Work) {
  const messages: ChemMessage[] = []
  const ended = new Map<number, () => void>()
  const handlers = { scaffold: work } as unknown as CallHandlers
  const queue = createCallQueue({} as StructureReader, handlers, message => {
    messages.push(message)
    if (message.type === 'answered' || message.type === 'failed') ended.get(message.requestId)?.()
  })
  return {
    queue,
    messages,
    call(requestId: number, smiles: string[] = [], paced = false): Promise<void> {
      const end = new Promise<void>(resolve => ended.set(requestId, resolve))
      queue.take({ type: 'call', requestId, kind: 'scaffold', input: { smiles }, paced } as ChemCommand)
      return end
    },
    itemsOf: (requestId: number) =>
      messages.flatMap(m => (m.type === 'items' && m.requestId === requestId ? m.items : [])),
    endOf: (requestId: number) =>
      messages.find(m => (m.type === 'answered' || m.type === 'failed') && m.requestId === requestId),
  }
}

const echo: Work = async (input, context) => {
  for (const item of input.smiles) await context.emit(item)
  return input.smiles.length
}

function busyWait(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('the call queue', () => {
  it('answers calls in order, one at a time', async () => {
    const running: string[] = []
    const { call, messages } = queueOf(async (input, context) => {
      running.push(`start ${input.smiles[0]}`)
      for (let k = 0; k < 5; k++) {
        busyWait(8)
        await context.breathe()
      }
      running.push(`end ${input.smiles[0]}`)
      return input.smiles[0]
    })
    await Promise.all([call(1, ['a']), call(2, ['b']), call(3, ['c'])])
    expect(running).toEqual(['start a', 'end a', 'start b', 'end b', 'start c', 'end c'])
    expect(messages).toEqual([1, 2, 3].map((id, k) => ({ type: 'answered', requestId: id, result: 'abc'[k] })))
    const late = call(4, ['d'])
    await late
    expect(running.at(-1)).toBe('end d')
  })

  it('sends items in blocks whose positions add up', async () => {
    const { call, messages, itemsOf } = queueOf(echo)
    const smiles = Array.from({ length: 1000 }, (_, k) => `${k}`)
    await call(1, smiles)
    expect(itemsOf(1)).toEqual(smiles)
    const blocks = messages.filter(m => m.type === 'items')
    expect(blocks.length).toBeLessThan(20)
    let from = 0
    for (const block of blocks) {
      expect(block.from).toBe(from)
      from += block.items.length
    }
    expect(messages.at(-1)).toEqual({ type: 'answered', requestId: 1, result: 1000 })
  })

  it('waits for the host where the call is paced', async () => {
    const { call, queue, itemsOf, endOf } = queueOf(echo)
    const done = call(
      1,
      Array.from({ length: 600 }, (_, k) => `${k}`),
      true,
    )
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(itemsOf(1).length).toBeLessThanOrEqual(256)
    expect(endOf(1)).toBeUndefined()
    queue.take({ type: 'takeItems', requestId: 1, blocks: 100 })
    await done
    expect(itemsOf(1).length).toBe(600)
  })

  it('cancels a running call before its next item, one that waits for the host, and one that waits for its turn', async () => {
    let reached = 0
    const { call, queue, endOf } = queueOf(async (_input, context) => {
      for (let k = 0; k < 1000; k++) {
        reached = k
        busyWait(2)
        await context.emit(k)
      }
      return 'finished'
    })
    const [running, waiting] = [call(1), call(2)]
    queue.take({ type: 'cancel', requestId: 2 })
    setTimeout(() => queue.take({ type: 'cancel', requestId: 1 }), 30)
    await Promise.all([running, waiting])
    expect(reached).toBeLessThan(200)
    for (const id of [1, 2]) expect(endOf(id)).toMatchObject({ type: 'failed', error: { code: 'ERR_4004' } })

    const paced = call(3, [], true)
    setTimeout(() => queue.take({ type: 'cancel', requestId: 3 }), 100)
    await paced
    expect(endOf(3)).toMatchObject({ type: 'failed', error: { code: 'ERR_4004' } })
  })

  it('acknowledges a cancel before the call gives up, and tells work that waits on something else', async () => {
    let endWork = (): void => undefined
    const { call, queue, messages, endOf } = queueOf(async (_input, context) => {
      const reason = await new Promise(resolve => {
        context.signal.addEventListener('abort', () => resolve(context.signal.reason), { once: true })
      })
      await new Promise<void>(resolve => {
        endWork = resolve
      })
      throw reason
    })
    const done = call(1)
    await new Promise(resolve => setTimeout(resolve, 5))
    queue.take({ type: 'cancel', requestId: 1 })
    queue.take({ type: 'cancel', requestId: 7 })
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(messages).toEqual([{ type: 'acknowledged', requestId: 1 }])
    endWork()
    await done
    expect(endOf(1)).toMatchObject({ type: 'failed', error: { code: 'ERR_4004' } })
  })

  it('ignores a cancel that comes too late or names no call', async () => {
    const { call, queue, messages } = queueOf(echo)
    await call(1, ['a'])
    queue.take({ type: 'cancel', requestId: 1 })
    queue.take({ type: 'cancel', requestId: 99 })
    await call(2, ['b'])
    expect(messages.at(-1)).toEqual({ type: 'answered', requestId: 2, result: 1 })
  })

  it('answers an expected failure with its code, a bug as one, and an unknown call by name', async () => {
    const { call, queue, endOf } = queueOf(async input => {
      if (input.smiles[0] === 'expected') throw new AppError('ERR_2003', 'no such pattern')
      throw new TypeError('undefined is not a molecule')
    })
    const printed: unknown[] = []
    const original = console.error
    console.error = (...parts: unknown[]) => printed.push(...parts)
    try {
      await call(1, ['expected'])
      await call(2, ['bug'])
    } finally {
      console.error = original
    }
    expect(endOf(1)).toMatchObject({ error: { code: 'ERR_2003', message: 'no such pattern' } })
    expect(endOf(2)).toMatchObject({ error: { code: 'ERR_1001', message: 'TypeError: undefined is not a molecule' } })
    expect(printed).toHaveLength(1)
    queue.take({ type: 'call', requestId: 3, kind: 'poison', input: {} } as unknown as ChemCommand)
    await queue.drain()
    expect(endOf(3)).toMatchObject({ error: { code: 'ERR_2001', message: expect.stringContaining('poison') } })
  })

  it('drains by cancelling everything', async () => {
    const { call, queue, endOf } = queueOf(async (_input, context) => {
      for (;;) {
        busyWait(2)
        await context.breathe()
      }
    })
    const ends = [call(1), call(2)]
    await queue.drain()
    await Promise.all(ends)
    for (const id of [1, 2]) expect(endOf(id)).toMatchObject({ error: { code: 'ERR_4004' } })
  })
})
