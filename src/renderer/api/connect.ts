/** One typed client over a line that may break and come back. */
import { type ClientLink, type ClientOptions, createORPCClient } from '@orpc/client'
import type { BinderyClient } from '../../shared/contract/index.ts'

type NoContext = Record<never, never>

/** One open line. `closed` resolves when it has gone; it never rejects. */
export interface Line {
  link: ClientLink<NoContext>
  closed: Promise<void>
}
export type OpenLine = () => Promise<Line>

export type ConnectionState = 'connecting' | 'open' | 'lost'

/** What a call throws while the line is down: at once, so that no click takes effect minutes later. */
export class ConnectionLostError extends Error {
  constructor() {
    super('the connection to Bindery was lost')
    this.name = 'ConnectionLostError'
  }
}

export interface Connection {
  client: BinderyClient
  /** Tells each change of state; `open` comes again after every reconnection. */
  onState(listener: (state: ConnectionState) => void): void
  start(): void
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5000

export function createConnection(openLine: OpenLine, wait = delay): Connection {
  const listeners = new Set<(state: ConnectionState) => void>()
  const link = new ReplaceableLink()

  async function keepOpen(): Promise<never> {
    let waitMs = FIRST_WAIT_MS
    for (;;) {
      const line = await openLine().catch((error: unknown) => {
        console.warn('Bindery: no connection yet:', error)
        return null
      })
      if (line) {
        waitMs = FIRST_WAIT_MS
        link.use(line.link)
        tell('open')
        await line.closed
        link.drop()
      }
      tell('lost')
      await wait(waitMs)
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    }
  }

  function tell(state: ConnectionState): void {
    for (const listener of listeners) listener(state)
  }

  return {
    client: createORPCClient<BinderyClient>(link),
    onState: listener => void listeners.add(listener),
    start: () => void keepOpen(),
  }
}

/** Passes calls on to the line of the moment. Before the first line is open calls wait; later they fail at once. */
class ReplaceableLink implements ClientLink<NoContext> {
  private current: ClientLink<NoContext> | null = null
  private readonly first = Promise.withResolvers<void>()

  use(link: ClientLink<NoContext>): void {
    this.current = link
    this.first.resolve()
  }

  drop(): void {
    this.current = null
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<NoContext>): Promise<unknown> {
    await this.first.promise
    const link = this.current
    if (!link) throw new ConnectionLostError()
    try {
      return await link.call(path, input, options)
    } catch (error) {
      // A call cut off in the middle fails with the transport's own words.
      if (this.current !== link) throw new ConnectionLostError()
      throw error
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
