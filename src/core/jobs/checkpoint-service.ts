/** The checkpoints of a run's folder, for its user: what is there, which stay, and where the run goes on. */
import { existsSync } from 'node:fs'
import { link, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { copyFileAtomic, syncFolder } from '../../node/atomic-write.ts'
import { type CheckpointHead, readCheckpointHead } from '../../node/checkpoint-head.ts'
import { type Autopsy, autopsySchema } from '../../shared/contract/autopsy.ts'
import { type Checkpoint, checkpointNameSchema } from '../../shared/contract/checkpoints.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobRow } from './executor.ts'
import type { JobService } from './job-service.ts'
import { canMove } from './transitions.ts'

export interface CheckpointService {
  list(jobId: string): Promise<{ checkpoints: Checkpoint[]; damaged: { file: string; reason: string }[] }>
  /** ERR_4001 unless it is a training run that runs. */
  save(jobId: string): void
  pin(jobId: string, file: string, pinned: boolean): Promise<string>
  resume(jobId: string, file: string): Promise<Job>
  autopsy(jobId: string): Promise<Autopsy | null>
}

const BEST = 'checkpoint-best.bin'
const LATEST = /^checkpoint-(\d+)\.bin$/
const PINNED = /^checkpoint-(\d+)\.pinned\.bin$/

export function createCheckpoints(deps: { context: Pick<CoreContext, 'deps'>; jobs: JobService }): CheckpointService {
  const { context, jobs } = deps
  const folderOf = (job: JobRow): string => path.join(context.deps.workspace, 'runs', job.id)

  function trainingRun(jobId: string): JobRow {
    const job = jobs.row(jobId)
    if (job.kind === 'train') return job
    throw new AppError('ERR_4001', `job ${jobId} is of kind ${job.kind}: only training runs keep checkpoints`)
  }

  /** The path of a checkpoint that is there. */
  function fileOf(job: JobRow, file: string): string {
    const found = path.join(folderOf(job), file)
    if (existsSync(found)) return found
    throw new AppError('ERR_3004', `run ${job.id} has no ${file} any more`, { details: { job: job.id, file } })
  }

  return {
    list: async jobId => {
      const folder = folderOf(trainingRun(jobId))
      const names = existsSync(folder) ? await readdir(folder) : []
      const checkpoints: Checkpoint[] = []
      const damaged: { file: string; reason: string }[] = []
      for (const file of names.filter(name => checkpointNameSchema.safeParse(name).success)) {
        try {
          checkpoints.push(await describe(folder, file))
        } catch (error) {
          // A running trainer drops its older ones: what is gone by now is not listed.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
          if (!(error instanceof AppError)) throw error
          damaged.push({ file, reason: error.message })
        }
      }
      checkpoints.sort((a, b) => b.step - a.step || b.savedAt - a.savedAt || (a.file < b.file ? -1 : 1))
      return { checkpoints, damaged }
    },
    save: jobId => {
      const job = trainingRun(jobId)
      if (jobs.saveNow(jobId)) return
      throw new AppError('ERR_4001', `job ${jobId} is ${job.state}: a checkpoint can be asked of a run that is running`)
    },
    pin: async (jobId, file, pinned) => {
      const job = trainingRun(jobId)
      const from = fileOf(job, file)
      const isPinned = PINNED.test(file)
      if (file === BEST) throw new AppError('ERR_4001', `${BEST} is always kept: it cannot be pinned`)
      if (isPinned === pinned) return file
      if (pinned) {
        const name = file.replace(/\.bin$/, '.pinned.bin')
        await linkOrCopy(from, path.join(folderOf(job), name))
        return name
      }
      const name = file.replace('.pinned.bin', '.bin')
      // The run's own count of kept ones decides about it from now on.
      await rename(from, path.join(folderOf(job), name))
      return name
    },
    resume: async (jobId, file) => {
      const job = trainingRun(jobId)
      if (!canMove(job.state, 'queued')) {
        throw new AppError('ERR_4001', `job ${jobId} is ${job.state}: it cannot go on from a checkpoint`)
      }
      if (file === BEST) {
        throw new AppError('ERR_4001', `${BEST} holds the best weights alone: a run cannot go on from it`)
      }
      const chosen = fileOf(job, file)
      const { step } = await readCheckpointHead(chosen)
      await goBackTo(folderOf(job), chosen, step)
      return jobs.resume(jobId)
    },
    autopsy: async jobId => {
      const file = path.join(folderOf(trainingRun(jobId)), 'autopsy.json')
      if (!existsSync(file)) return null
      return autopsySchema.parse(JSON.parse(await readFile(file, 'utf8')))
    },
  }
}

async function describe(folder: string, file: string): Promise<Checkpoint> {
  const head = await readCheckpointHead(path.join(folder, file))
  const { mtimeMs, size } = await stat(path.join(folder, file))
  return {
    file,
    kind: file === BEST ? 'best' : PINNED.test(file) ? 'pinned' : 'latest',
    step: head.step,
    ...progressOf(head),
    savedAt: Math.round(mtimeMs),
    sizeBytes: size,
  }
}

function progressOf({ current, finished }: CheckpointHead): Pick<Checkpoint, 'member' | 'epoch' | 'bestScore'> {
  const last = finished.at(-1)
  if (current === null) return { member: null, epoch: last?.epochs ?? null, bestScore: last?.bestScore ?? null }
  return { member: finished.length + 1, epoch: current.epoch, bestScore: current.stopping.bestScore }
}

/**
 * Makes the chosen one the newest that the trainer finds. First it is there, then the later ones go: a crash between the two leaves the
 * run as it was.
 */
async function goBackTo(folder: string, chosen: string, step: number): Promise<void> {
  const own = path.join(folder, `checkpoint-${String(step).padStart(8, '0')}.bin`)
  if (!existsSync(own)) await linkOrCopy(chosen, own)
  for (const name of await readdir(folder)) {
    const match = LATEST.exec(name)
    if (match && Number(match[1]) > step) await rm(path.join(folder, name), { force: true })
  }
  await syncFolder(folder)
}

/** Checkpoints are never written in place, so two names may share one file; where the disk has no links, they do not. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EXDEV' && code !== 'ENOSYS') throw error
    await copyFileAtomic(from, to)
  }
}
