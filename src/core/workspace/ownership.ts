/**
 * One process owns a workspace. Ownership is a lock of the operating system on `owner.lock`, taken through SQLite, so that
 * taking it is atomic and a crash of the owner, however hard, gives it back: a stale lock cannot exist, and no pid that was
 * handed out again can look like one. `owner.json` beside it says who the owner is and where it listens; it is believed
 * only while the lock is held and its process still lives.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import { AppError } from '../../shared/errors.ts'

const ownerInfoSchema = z.object({
  pid: z.int().positive(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  host: z.enum(['electron', 'headless', 'cli']),
  version: z.string(),
  machine: z.string(),
  /** Unix socket or named pipe that serves the contract. */
  socket: z.string(),
  /** Shown to the owner by whoever connects; only who can read this file has it. */
  secret: z.string(),
})
export type OwnerInfo = z.infer<typeof ownerInfoSchema>

export interface Ownership {
  /** Tells other processes where to find the owner. */
  announce(info: Pick<OwnerInfo, 'host' | 'version' | 'socket' | 'secret'>): Promise<void>
  /** Idempotent. Call it last: the next owner may start the moment this returns. */
  release(): void
}

const infoPath = (workspace: string) => join(workspace, 'owner.json')

/** Takes the workspace, creating it if absent, or answers `null` where another process has it. */
export function takeOwnership(workspace: string): Ownership | null {
  const lock = openLock(workspace)
  if (lock === null) return null
  let released = false
  return {
    async announce(info) {
      const full: OwnerInfo = {
        ...info,
        pid: process.pid,
        startedAt: Math.round(performance.timeOrigin),
        machine: hostname(),
      }
      await writeFileAtomic(infoPath(workspace), JSON.stringify(full, null, 2))
    },
    release() {
      if (released) return
      released = true
      rmSync(infoPath(workspace), { force: true })
      lock.close()
    },
  }
}

/** The announced owner, or `null` where none is announced (yet) or the one announced is gone. */
export function readOwner(workspace: string): OwnerInfo | null {
  let text: string
  try {
    text = readFileSync(infoPath(workspace), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const info = ownerInfoSchema.parse(JSON.parse(text))
  return info.machine === hostname() && !isAlive(info.pid) ? null : info
}

function openLock(workspace: string): Database.Database | null {
  let lock: Database.Database
  try {
    mkdirSync(workspace, { recursive: true, mode: 0o700 })
    lock = new Database(join(workspace, 'owner.lock'), { timeout: 0 })
  } catch (error) {
    throw new AppError(
      'ERR_2001',
      `workspace ${workspace}: cannot be opened or created (${(error as Error).message})`,
      {
        path: 'workspace',
        cause: error,
      },
    )
  }
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
