/** "Something about this job is new": wakes the streams that wait for it, which then read the store. */
export interface JobSignals {
  notify(jobId: string): void
  /**
   * A watch that misses nothing: `next` resolves at once where a notice came since the last one. Resolves `false` when the signal
   * aborts; leave with `stop`.
   */
  watch(jobId: string, signal?: AbortSignal): JobWatch
}

export interface JobWatch {
  next(): Promise<boolean>
  stop(): void
}

export function createJobSignals(): JobSignals {
  const watches = new Map<string, Set<() => void>>()
  return {
    notify: jobId => {
      for (const wake of watches.get(jobId) ?? []) wake()
    },
    watch: (jobId, signal) => {
      let noticed = false
      let waiting: ((more: boolean) => void) | null = null
      const answer = (more: boolean): void => {
        waiting?.(more)
        waiting = null
      }
      const wake = (): void => {
        noticed = waiting === null
        answer(true)
      }
      const abort = (): void => answer(false)
      const of = watches.get(jobId) ?? new Set()
      of.add(wake)
      watches.set(jobId, of)
      signal?.addEventListener('abort', abort, { once: true })
      return {
        next: () => {
          if (signal?.aborted) return Promise.resolve(false)
          if (noticed) {
            noticed = false
            return Promise.resolve(true)
          }
          return new Promise(resolve => {
            waiting = resolve
          })
        },
        stop: () => {
          signal?.removeEventListener('abort', abort)
          of.delete(wake)
          if (of.size === 0 && watches.get(jobId) === of) watches.delete(jobId)
          answer(false)
        },
      }
    },
  }
}
