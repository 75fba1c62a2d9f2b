/**
 * Child processes of the Node hosts (headless, command line, tests) behind the interface of `core/processes/child.ts`. The
 * entries run as TypeScript from the source tree, or as the bundled `.js` that lies beside this code.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from './child-environment.ts'

export interface NodeChild {
  readonly pid: number | undefined
  onSpawn(listener: (pid: number) => void): void
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onOutput(listener: (stream: 'stdout' | 'stderr', text: string) => void): void
  onExit(listener: (exit: { code: number | null; signal: string | null }) => void): void
  disconnect(): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

export type ChildEntryName = 'trainer' | 'chem-worker' | 'predictor' | 'inspector' | 'provider-probe-child'

/** Where an entry lies in the source tree, if not in a folder of its own name. */
const SOURCE_FILES: Readonly<Record<string, string>> = {
  inspector: 'predictor/inspector/index.ts',
  'provider-probe-child': 'node/provider-probe-child.ts',
}

/** How long the output pipes may outlive the process before its end is told anyway. */
const DRAIN_MS = 1_000

export function forkNodeChild(name: ChildEntryName): NodeChild {
  return forkFile(entryFile(name))
}

/** The file to start for a child: `src/<name>/index.ts` or its own place in the source tree, `<name>.js` in the bundle. */
export function entryFile(name: string): string {
  const here = fileURLToPath(import.meta.url)
  if (here.endsWith('.ts')) return path.resolve(path.dirname(here), '..', SOURCE_FILES[name] ?? `${name}/index.ts`)
  // The bundler may put this module into a folder of chunks below the entries.
  for (const folder of [path.dirname(here), path.dirname(path.dirname(here))]) {
    const file = path.join(folder, `${name}.js`)
    if (existsSync(file)) return file
  }
  throw new Error(`no bundled entry ${name}.js beside ${here}`)
}

export function forkFile(file: string, args: readonly string[] = []): NodeChild {
  const child = fork(file, args, {
    // Nothing of the parent's debugger or loaders, and only the environment a child needs.
    execArgv: [],
    env: childEnvironment(process.env),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  })
  // Keeps characters whole that a chunk border splits.
  child.stdout?.setEncoding('utf8').resume()
  child.stderr?.setEncoding('utf8').resume()
  const exitListeners: ((exit: { code: number | null; signal: string | null }) => void)[] = []
  whenGone(child, exit => {
    for (const listener of exitListeners) listener(exit)
  })

  return {
    get pid() {
      return child.pid
    },
    onSpawn: listener => void child.once('spawn', () => child.pid !== undefined && listener(child.pid)),
    send: message => {
      // A channel that closed under the message is told by onExit, so the failure of the send itself says nothing new.
      if (child.connected) child.send(message as never, () => undefined)
    },
    onMessage: listener => void child.on('message', listener),
    onOutput: listener => {
      child.stdout?.on('data', (text: string) => listener('stdout', text))
      child.stderr?.on('data', (text: string) => listener('stderr', text))
    },
    onExit: listener => void exitListeners.push(listener),
    disconnect: () => {
      if (child.connected) child.disconnect()
    },
    kill: signal => killProcess(child, signal),
  }
}

/**
 * Tells the end once: when the process is gone and its output is read, or without the rest where the pipes stay open. Node's own
 * `close` event is no help, it never comes after `disconnect()` on our side.
 */
function whenGone(child: ChildProcess, tell: (exit: { code: number | null; signal: string | null }) => void): void {
  const drained = Promise.all([child.stdout, child.stderr].map(stream => stream && once(stream, 'close')))
  child.on('exit', (code, signal) => {
    const timer = new Promise<void>(resolve => {
      const handle = setTimeout(resolve, DRAIN_MS)
      void drained.then(() => clearTimeout(handle))
    })
    void Promise.race([drained, timer]).then(() => tell({ code, signal }))
  })
  child.on('error', error => {
    // Without a pid the process never started and no exit follows.
    if (child.pid === undefined) tell({ code: null, signal: `not started: ${error.message}` })
  })
}

function killProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  if (process.platform === 'win32') {
    // Windows has no signals; a process that is already gone makes taskkill fail, which is what was wanted.
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined)
  } else child.kill(signal)
}
