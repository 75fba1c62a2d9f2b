import { describe, expect, it } from 'vitest'
import type { AppEvent } from '../../shared/contract/system.ts'
import { USUAL_UPKEEP } from '../../shared/contract/upkeep.ts'
import { createEventBus } from './event-bus.ts'

const removed = (id: string): AppEvent => ({ type: 'dataset.removed', id })
const settings = (trainingThreads: number): AppEvent => ({
  type: 'settings.changed',
  settings: { theme: 'dark', language: 'en', trainingThreads, pauseOn: [], upkeep: USUAL_UPKEEP },
})

describe('createEventBus', () => {
  it('tells every subscriber, from the moment it subscribes', async () => {
    const bus = createEventBus()
    bus.publish(removed('before'))
    const [a, b] = [bus.subscribe(), bus.subscribe()]
    bus.publish(removed('x'))
    for (const stream of [a, b]) expect((await stream.next()).value).toEqual(removed('x'))
  })

  it('hands an event to a subscriber that waits', async () => {
    const bus = createEventBus()
    const stream = bus.subscribe()
    const next = stream.next()
    bus.publish(removed('x'))
    expect(await next).toEqual({ done: false, value: removed('x') })
  })

  it('keeps only the latest of each thing for one that falls behind', async () => {
    const bus = createEventBus()
    const stream = bus.subscribe()
    for (let i = 0; i < 1_000; i++) {
      bus.publish(settings(i % 100))
      bus.publish(removed(i % 2 === 0 ? 'even' : 'odd'))
    }
    const events: AppEvent[] = []
    for (let i = 0; i < 3; i++) events.push((await stream.next()).value!)
    expect(events).toEqual([removed('even'), settings(99), removed('odd')])
    bus.close()
    expect((await stream.next()).done).toBe(true)
  })

  it('ends by signal, by return and when it closes, and tells when the audience comes and goes', async () => {
    const bus = createEventBus()
    const audience: boolean[] = []
    bus.onAudience(present => void audience.push(present))
    const stop = new AbortController()
    const streams = [bus.subscribe(stop.signal), bus.subscribe(), bus.subscribe()]
    const waiting = streams[0]!.next()
    stop.abort()
    expect((await waiting).done).toBe(true)
    await streams[1]!.return?.(undefined)
    expect(bus.subscribers).toBe(1)
    bus.close()
    for (const stream of streams) expect((await stream.next()).done).toBe(true)
    expect(audience).toEqual([true, false])
    expect((await bus.subscribe().next()).done).toBe(true)
  })
})
