/** Electron's utility processes behind the interface of `core/processes/child.ts`; `fork` is dead with the RunAsNode fuse off. */
import { execFile } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { utilityProcess } from 'electron'
import type { ChildHandle, ChildName } from '../core/processes/child.ts'
import { DISCONNECT } from '../node/child-channel.ts'
import { childEnvironment } from '../node/child-environment.ts'
import { entryFile } from '../node/node-fork.ts'

export function forkUtility(name: ChildName): ChildHandle {
  const child = utilityProcess.fork(entryFile(name), [], {
    serviceName: `Bindery ${name}`,
    stdio: 'pipe',
    env: childEnvironment(process.env),
    execArgv: [],
  })
  let pid: number | undefined
  let gone = false
  /** Asked for before there was a process to kill. */
  let pending: 'SIGTERM' | 'SIGKILL' | null = null
  child.once('spawn', () => {
    pid = child.pid
    if (pending !== null && pid !== undefined) killByPid(pid, pending)
  })
  child.once('exit', () => {
    gone = true
  })
  return {
    get pid() {
      return child.pid ?? pid
    },
    onSpawn: listener => void child.once('spawn', () => child.pid !== undefined && listener(child.pid)),
    send: message => {
      if (!gone) child.postMessage(message)
    },
    onMessage: listener => void child.on('message', listener),
    onOutput: listener => {
      for (const name of ['stdout', 'stderr'] as const) {
        // A character may be split between two chunks.
        const decoder = new StringDecoder('utf8')
        child[name]?.on('data', (chunk: Buffer) => listener(name, decoder.write(chunk)))
      }
    },
    // Electron tells one number: an exit code, or the signal's on POSIX where one ended the process.
    onExit: listener => void child.once('exit', code => listener({ code, signal: null })),
    // There is no channel to close, so it is said; `child-channel.ts` understands it as the channel's end.
    disconnect: () => {
      if (!gone) child.postMessage(DISCONNECT)
    },
    kill: signal => {
      if (gone) return
      if (child.pid === undefined) pending = signal
      else killByPid(child.pid, signal)
    },
  }
}

function killByPid(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    // Windows has no signals; a process that is already gone makes taskkill fail, which is what was wanted.
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => undefined)
    return
  }
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
