/**
 * What has changed, told to whoever listens. Every subscriber has a queue with one place for each thing (a data set, a job, the
 * settings …): one that falls behind is told the latest state of each, and its memory is bounded by how many things there are.
 */
import type { AppEvent } from '../../shared/contract/system.ts'

export type EventStream = AsyncIteratorObject<AppEvent, undefined, void>

export interface EventBus {
  publish(event: AppEvent): void
  /** Listens from this call on; ends when the signal aborts, the iterator returns or the bus closes. */
  subscribe(signal?: AbortSignal): EventStream
  readonly subscribers: number
  /** Called when the first subscriber comes and when the last one has gone. */
  onAudience(listener: (present: boolean) => void): void
  close(): void
}

export function createEventBus(): EventBus {
  const subscriptions = new Set<Subscription>()
  const audience: ((present: boolean) => void)[] = []
  let closed = false

  function leave(subscription: Subscription): void {
    if (!subscriptions.delete(subscription) || subscriptions.size > 0) return
    for (const listener of audience) listener(false)
  }

  return {
    publish: event => {
      for (const subscription of subscriptions) subscription.push(event)
    },
    subscribe: signal => {
      const subscription = new Subscription(leave)
      if (closed || signal?.aborted) {
        subscription.end()
        return subscription
      }
      subscriptions.add(subscription)
      signal?.addEventListener('abort', () => subscription.end(), { once: true })
      if (subscriptions.size === 1) for (const listener of audience) listener(true)
      return subscription
    },
    get subscribers() {
      return subscriptions.size
    },
    onAudience: listener => void audience.push(listener),
    close: () => {
      closed = true
      for (const subscription of [...subscriptions]) subscription.end()
    },
  }
}

/** Two events of one topic say the same thing at different times; only the later one is worth sending. */
function topicOf(event: AppEvent): string {
  switch (event.type) {
    case 'dataset.changed':
      return event.dataset.id
    case 'job.changed':
      return event.job.id
    case 'model.changed':
      return event.model.id
    case 'dataset.removed':
    case 'job.removed':
    case 'model.removed':
      return event.id
    case 'anomaly.found':
      return `${event.jobId} ${event.anomaly.rule} ${event.anomaly.metric} ${event.anomaly.step}`
    case 'usage.recorded':
      return `${event.type} ${event.id}`
    case 'settings.changed':
    case 'resources.read':
      return event.type
  }
}

class Subscription implements EventStream {
  readonly #waiting = new Map<string, AppEvent>()
  readonly #onEnd: (subscription: Subscription) => void
  #wake: ((result: IteratorResult<AppEvent, undefined>) => void) | null = null
  #ended = false

  constructor(onEnd: (subscription: Subscription) => void) {
    this.#onEnd = onEnd
  }

  push(event: AppEvent): void {
    const wake = this.#wake
    if (wake !== null) {
      this.#wake = null
      wake({ done: false, value: event })
      return
    }
    const topic = topicOf(event)
    // Moves to the end: what is told about other things in between may explain it.
    this.#waiting.delete(topic)
    this.#waiting.set(topic, event)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiting.clear()
    this.#wake?.({ done: true, value: undefined })
    this.#wake = null
    this.#onEnd(this)
  }

  next(): Promise<IteratorResult<AppEvent, undefined>> {
    const first = this.#waiting.entries().next()
    if (!first.done) {
      this.#waiting.delete(first.value[0])
      return Promise.resolve({ done: false, value: first.value[1] })
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    if (this.#wake !== null) throw new Error('one read at a time')
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  return(): Promise<IteratorResult<AppEvent, undefined>> {
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
