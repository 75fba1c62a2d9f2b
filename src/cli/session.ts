/** One command's hold on a workspace: opened as its owner or through it, told of Ctrl+C, closed in order. */
import type { Connection } from '../core/workspace/connection.ts'
import { openWorkspace, type Workspace } from '../core/workspace/open-workspace.ts'
import { forkNodeChild } from '../node/node-fork.ts'
import { AppError } from '../shared/errors.ts'
import type { Terminal } from './terminal.ts'

export interface CommandContext {
  workspace: string
  version: string
  terminal: Terminal
}

export interface Session extends Connection {
  terminal: Terminal
  /** The process that the calls are forwarded to; `null` where this one owns the workspace. */
  owner: { host: string; pid: number } | null
  /** Runs at the first Ctrl+C (or SIGTERM) instead of ending the command; a second one ends it at once. */
  onInterrupt(listener: (() => void) | null): void
}

const EXIT_INTERRUPTED = 130

/** Runs a command in the workspace, whoever owns it, and leaves only when no other command depends on this process. */
export async function withSession<T>(context: CommandContext, run: (session: Session) => Promise<T>): Promise<T> {
  const { terminal, version } = context
  const interrupts = watchInterrupts(terminal)
  let workspace: Workspace | null = null
  try {
    workspace = await openWorkspace({ workspace: context.workspace, host: 'cli', version, fork: forkNodeChild })
    const owner = workspace.kind === 'owned' ? null : { host: workspace.owner.host, pid: workspace.owner.pid }
    const session: Session = { ...workspace.connection, terminal, owner, onInterrupt: interrupts.listen }
    return await Promise.race([run(session), ownerGone(workspace), interrupts.ended])
  } finally {
    if (workspace !== null) await leave(workspace, terminal)
    interrupts.stop()
  }
}

/** Another command may have been forwarded to this process: it goes on until that one has what it came for. */
async function leave(workspace: Workspace, terminal: Terminal): Promise<void> {
  if (workspace.kind === 'owned' && workspace.local.connections > 0) {
    terminal.note('waiting for other commands that use this workspace')
    await workspace.local.drained()
  }
  await workspace.close()
}

async function ownerGone(workspace: Workspace): Promise<never> {
  if (workspace.kind === 'owned') return new Promise(() => undefined)
  await workspace.connection.closed
  const { pid, host } = workspace.owner
  throw new AppError('ERR_9001', `the process that owns the workspace (${host}, pid ${pid}) ended before it answered`)
}

function watchInterrupts(terminal: Terminal) {
  let listener: (() => void) | null = null
  let count = 0
  const ended = Promise.withResolvers<never>()
  const onSignal = (): void => {
    count += 1
    // The children notice that their parent is gone, save and end by themselves.
    if (count > 2 || (count > 1 && listener === null)) process.exit(EXIT_INTERRUPTED)
    if (listener === null) ended.reject(new AppError('ERR_4004', 'stopped by the user'))
    else if (count === 1) listener()
    else terminal.note('still stopping; once more to leave at once')
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  ended.promise.catch(() => undefined)
  return {
    ended: ended.promise,
    listen: (next: (() => void) | null) => {
      listener = next
    },
    stop: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
