/** A child process's line to the host, the same whether Node forked it or Electron did. */
export interface ChildChannel<In, Out> {
  /** Does nothing once the host is gone: whoever cares has been told by `onDisconnect`. */
  send(message: Out): void
  onMessage(handler: (message: In) => void): void
  /** Called once, when the host closed the line or went away. */
  onDisconnect(handler: () => void): void
}

/** What Electron gives a utility process in place of `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
}

/** Throws in a process that nobody forked. Messages are structured clones: fork with `serialization: 'advanced'` for bytes. */
export function createChildChannel<In, Out>(): ChildChannel<In, Out> {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort | null }
  if (parentPort) return electronChannel(parentPort)
  if (process.send) return nodeChannel()
  throw new Error('This program is started by Bindery and talks to it; it does nothing on its own')
}

/** Electron has no way to close a utility process's line from outside; the host says this instead. */
export const DISCONNECT = 'bindery:disconnect'

function electronChannel<In, Out>(port: ParentPort): ChildChannel<In, Out> {
  return {
    send: message => port.postMessage(message),
    onMessage: handler =>
      port.on('message', ({ data }) => {
        if (data !== DISCONNECT) handler(data as In)
      }),
    onDisconnect: handler => {
      let told = false
      const tell = () => {
        if (!told) handler()
        told = true
      }
      port.on('close', tell)
      port.on('message', ({ data }) => {
        if (data === DISCONNECT) tell()
      })
    },
  }
}

function nodeChannel<In, Out>(): ChildChannel<In, Out> {
  return {
    send(message) {
      if (process.connected) process.send?.(message, undefined, undefined, throwUnlessClosed)
    },
    onMessage: handler => process.on('message', message => handler(message as In)),
    onDisconnect: handler => process.once('disconnect', handler),
  }
}

/** A line that is being closed fails before the process hears that it was: the end is on its way through `onDisconnect`. */
function throwUnlessClosed(error: Error | null): void {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  if (error && code !== 'EPIPE' && code !== 'ECONNRESET' && code !== 'ERR_IPC_CHANNEL_CLOSED') throw error
}
