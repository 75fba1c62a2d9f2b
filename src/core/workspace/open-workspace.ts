/** Opens a workspace: as its owner where nobody has it, else through whoever does. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import type { AppDeps } from '../app-context.ts'
import type { App } from '../create-app.ts'
import { type Connection, createInProcessConnection } from './connection.ts'
import { connectToOwner, type OwnerConnection } from './local-client.ts'
import { type LocalServer, startLocalServer } from './local-server.ts'
import { type OwnerInfo, readOwner, takeOwnership } from './ownership.ts'
import { createSocketPath } from './socket-path.ts'

export interface OwnedWorkspace {
  kind: 'owned'
  app: App
  connection: Connection
  local: LocalServer
  /** Stops the application and its children, then gives the workspace back. Idempotent. */
  close(): Promise<void>
}
export interface ForwardedWorkspace {
  kind: 'forwarded'
  owner: OwnerInfo
  connection: OwnerConnection
  close(): Promise<void>
}
export type Workspace = OwnedWorkspace | ForwardedWorkspace

export interface OpenOptions extends AppDeps {
  createLink?: () => string | null
  /** How long an owner that is starting or ending may take to answer or to be gone. */
  patienceMs?: number
}

const RETRY_MS = 100

/** ERR_4003 where the owner neither answers nor goes away. */
export async function openWorkspace(options: OpenOptions): Promise<Workspace> {
  const deadline = Date.now() + (options.patienceMs ?? 15_000)
  for (;;) {
    const owned = await tryToOwn(options)
    if (owned !== null) return owned
    const owner = readOwner(options.workspace)
    const connection = owner === null ? null : await tryToConnect(owner)
    if (owner !== null && connection !== null) {
      const close = async () => connection.close()
      return { kind: 'forwarded', owner, connection, close }
    }
    if (Date.now() > deadline) throw notAnswering(options.workspace, owner)
    await delay(RETRY_MS)
  }
}

async function tryToOwn(options: OpenOptions): Promise<OwnedWorkspace | null> {
  const ownership = takeOwnership(options.workspace)
  if (ownership === null) return null
  let app: App | null = null
  let local: LocalServer
  try {
    // Loaded only by an owner: a command that forwards its calls starts without the store and everything behind it.
    const { createApp } = await import('../create-app.ts')
    const { workspace, host, version, fork, jobs } = options
    app = await createApp({ workspace, host, version, fork, ...(jobs === undefined ? {} : { jobs }) })
    const socketPath = createSocketPath(workspace)
    const secret = randomBytes(32).toString('base64url')
    local = await startLocalServer({ app, socketPath, secret, createLink: options.createLink })
    await ownership.announce({ host, version, socket: socketPath, secret })
  } catch (error) {
    await app?.close()
    ownership.release()
    throw error
  }
  const close = once(async () => {
    // Whoever comes now waits for the workspace instead of handing work to a process that is leaving.
    local.stopListening()
    await app.close()
    await local.close()
    ownership.release()
  })
  return { kind: 'owned', app, local, connection: createInProcessConnection(app), close }
}

/** A refusal or a missing socket means that the owner has just ended (or not begun to listen): look again. */
async function tryToConnect(owner: OwnerInfo): Promise<OwnerConnection | null> {
  try {
    return await connectToOwner(owner)
  } catch (error) {
    if (isNobodyListening(error)) return null
    throw error
  }
}

function isNobodyListening(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return (
    code === 'ENOENT' ||
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    /response: 401|hang up|timed out/.test(message)
  )
}

function notAnswering(workspace: string, owner: OwnerInfo | null): AppError {
  const who =
    owner === null
      ? 'a process that does not say who it is'
      : `process ${owner.pid} on ${owner.machine} (${owner.host}, since ${new Date(owner.startedAt).toISOString()})`
  return new AppError('ERR_4003', `workspace ${workspace} is owned by ${who}, which does not answer`, {
    details: owner === null ? {} : { pid: owner.pid, host: owner.host, machine: owner.machine },
  })
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= run()
    return running
  }
}
