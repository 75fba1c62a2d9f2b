/** Gives each piece of work a turn of the event loop of its own, so that pieces of several runs never add up to one long turn. */
import { setImmediate as nextTurn } from 'node:timers/promises'

let last: Promise<void> = Promise.resolve()

/** Resolves in a turn in which no other caller's promise resolves; first come, first served. */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn())
  return last
}
