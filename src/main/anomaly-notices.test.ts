import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { createEventBus } from '../core/system/event-bus.ts'
import type { AppEvent } from '../shared/contract/system.ts'

const shown = vi.hoisted(() => [] as { title: string; body: string; emit(event: string): void }[])

vi.mock('electron', () => ({
  Notification: class extends EventEmitter {
    static isSupported = (): boolean => true
    readonly options: { title: string; body: string }
    constructor(options: { title: string; body: string }) {
      super()
      this.options = options
    }
    show(): void {
      shown.push({ ...this.options, emit: event => void this.emit(event) })
    }
  },
}))

const found = (notify: boolean, step: number): AppEvent => ({
  type: 'anomaly.found',
  jobId: 'job_000000000000',
  notify,
  anomaly: { rule: 'spike', severity: 'warning', metric: 'train.loss', step, value: 9, typical: 1, at: 0 },
})

it('shows what is to be told, once, and brings the window up when it is clicked', async () => {
  const { noticeAnomalies } = await import('./anomaly-notices.ts')
  const events = createEventBus()
  const show = vi.fn()
  const following = noticeAnomalies({ events }, show)
  events.publish(found(true, 7))
  events.publish(found(false, 8))
  await vi.waitFor(() => expect(shown).toHaveLength(1))
  expect(shown[0]).toMatchObject({ title: 'Spike in a curve', body: 'train.loss, step 7' })
  shown[0]!.emit('click')
  expect(show).toHaveBeenCalledOnce()
  events.close()
  await following
  expect(shown).toHaveLength(1)
})
