/** A fixed number of places; who finds none waits in order. */
import { AppError } from '../../shared/errors.ts'

export interface Slots {
  /** Resolves with the function that leaves the place again. Rejects with ERR_4004 when the signal aborts before. */
  enter(signal?: AbortSignal): Promise<() => void>
}

export function createSlots(places: number): Slots {
  let free = places
  const queue: (() => void)[] = []

  function leaveOnce(): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = queue.shift()
      if (next === undefined) free++
      else next()
    }
  }

  return {
    enter: signal =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(stopped())
          return
        }
        if (free > 0) {
          free--
          resolve(leaveOnce())
          return
        }
        const onAbort = (): void => {
          queue.splice(queue.indexOf(turn), 1)
          reject(stopped())
        }
        const turn = (): void => {
          signal?.removeEventListener('abort', onAbort)
          resolve(leaveOnce())
        }
        queue.push(turn)
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
  }
}

function stopped(): AppError {
  return new AppError('ERR_4004', 'stopped before it began')
}
