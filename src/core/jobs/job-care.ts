/** What people do with jobs besides running them: name, tag, note, pin, archive, trash. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import type { Job, jobsContract } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import type { SqlValue, StoreWriter } from '../store/handles.ts'
import type { JobRow } from './executor.ts'
import type { JobStore } from './job-store.ts'
import { isEnded } from './transitions.ts'

type UpdateInput = z.infer<(typeof jobsContract.update)['~orpc']['inputSchema'] & z.ZodType>
export type JobChange = Omit<UpdateInput, 'id'>

export interface Usage {
  bytes: number
  /** Of them, files from which the run can go on. */
  checkpointBytes: number
}

export interface JobCare {
  update(id: string, change: JobChange): JobRow
  /** ERR_4001 for a job that has not ended or is pinned. */
  trash(id: string): JobRow
  restore(id: string): JobRow
  usage(id: string): Promise<Usage>
}

const CHECKPOINT = /^checkpoint-.*\.bin$/

export function createJobCare(deps: { store: StoreWriter; rows: JobStore; runsFolder: string }): JobCare {
  const { store, rows, runsFolder } = deps

  function set(id: string, column: string, value: SqlValue): void {
    store.run(`UPDATE jobs SET ${column} = ? WHERE id = ?`, [value, id])
  }

  return {
    update: (id, change) =>
      store.write(() => {
        const job = rows.get(id)
        if (change.name !== undefined) set(id, 'name', change.name)
        if (change.tags !== undefined) set(id, 'tags', JSON.stringify([...new Set(change.tags)]))
        if (change.notes !== undefined) set(id, 'notes', change.notes)
        if (change.pinned !== undefined) set(id, 'pinned', change.pinned ? 1 : 0)
        if (change.archived !== undefined) {
          if (change.archived) checkEnded(job, 'archived')
          set(id, 'archived_at', change.archived ? (job.archivedAt ?? Date.now()) : null)
        }
        return rows.get(id)
      }),
    trash: id =>
      store.write(() => {
        const job = rows.get(id)
        checkEnded(job, 'moved to the trash')
        if (job.pinned) throw new AppError('ERR_4001', `job ${id} is pinned: unpin it before it goes to the trash`)
        set(id, 'trashed_at', job.trashedAt ?? Date.now())
        return rows.get(id)
      }),
    restore: id => {
      rows.get(id)
      set(id, 'trashed_at', null)
      return rows.get(id)
    },
    usage: id => {
      rows.get(id)
      return folderUsage(path.join(runsFolder, id))
    },
  }
}

function checkEnded({ id, state }: Pick<Job, 'id' | 'state'>, what: string): void {
  if (!isEnded(state)) throw new AppError('ERR_4001', `job ${id} is ${state}: cancel it before it is ${what}`)
}

/** Zero where there is no such folder: imports and predictions have none. Files that vanish meanwhile count nothing. */
export async function folderUsage(folder: string): Promise<Usage> {
  const usage: Usage = { bytes: 0, checkpointBytes: 0 }
  for (const name of await namesIn(folder)) {
    const entry = await statOf(path.join(folder, name))
    if (entry === null || !entry.isFile()) continue
    usage.bytes += entry.size
    if (CHECKPOINT.test(name)) usage.checkpointBytes += entry.size
  }
  return usage
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder, { recursive: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function statOf(file: string) {
  try {
    return await stat(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
