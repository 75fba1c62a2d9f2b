import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { resourcesSchema } from '../../shared/contract/system.ts'
import { createEventBus } from './event-bus.ts'
import { cpuPercent, startResourceMonitor } from './resource-monitor.ts'

describe('cpuPercent', () => {
  it('is the busy share of the time between two readings', () => {
    expect(cpuPercent({ busyMs: 100, totalMs: 1_000 }, { busyMs: 350, totalMs: 2_000 })).toBe(25)
    expect(cpuPercent({ busyMs: 100, totalMs: 1_000 }, { busyMs: 100, totalMs: 1_000 })).toBe(0)
  })
})

describe('startResourceMonitor', () => {
  it('reads the machine while somebody listens, and only then', async () => {
    const bus = createEventBus()
    const card = { index: 0, uuid: 'GPU-1', name: 'Card', memoryUsedBytes: 1, memoryTotalBytes: 2 }
    const gpus = [
      { ...card, percent: 12, temperatureC: 40, powerWatts: null },
      { ...card, index: 1, percent: 80, temperatureC: null, powerWatts: 200 },
    ]
    const gpu = { read: async () => ({ gpus, problem: null }) }
    const stop = startResourceMonitor({ events: bus, workspace: tmpdir(), gpu }, 20)
    const stream = bus.subscribe()
    const event = (await stream.next()).value!
    expect(event.type).toBe('resources.read')
    const resources = resourcesSchema.parse('resources' in event ? event.resources : null)
    expect(resources.memoryUsedBytes).toBeLessThan(resources.memoryTotalBytes)
    expect(resources).toMatchObject({ gpuPercent: 80, gpus: [{ percent: 12 }, { name: 'Card', powerWatts: 200 }] })
    expect(resources.diskFreeBytes).toBeGreaterThan(0)
    await stream.return?.(undefined)
    // A reading may be under way; after that nothing more comes.
    await wait(60)
    let published = 0
    const publish = bus.publish
    bus.publish = reading => {
      published++
      publish(reading)
    }
    await wait(80)
    expect(published).toBe(0)
    stop()
  })
})
