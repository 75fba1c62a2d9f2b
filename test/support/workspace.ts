/** The application in this process, on a workspace of its own, with real child processes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OwnedWorkspace, openWorkspace } from '../../src/core/workspace/open-workspace.ts'
import { forkNodeChild } from '../../src/node/node-fork.ts'
import type { BinderyClient } from '../../src/shared/contract/index.ts'
import { type Job, TERMINAL_STATES } from '../../src/shared/contract/jobs.ts'

export async function createFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bindery-test-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Throws where another process owns the workspace. */
export async function ownWorkspace(workspace: string): Promise<OwnedWorkspace> {
  const opened = await openWorkspace({ workspace, host: 'headless', version: '0.0.0', fork: forkNodeChild })
  if (opened.kind !== 'owned') throw new Error(`${workspace} is owned by process ${opened.owner.pid}`)
  return opened
}

export async function uploadText(
  owned: OwnedWorkspace,
  folder: string,
  file: { name: string; text: string },
): Promise<string> {
  const path = join(folder, file.name)
  await writeFile(path, file.text)
  return owned.connection.registerFile(path, file.name)
}

/** The job once it is in a terminal state. */
export async function endOf(client: BinderyClient, id: string): Promise<Job> {
  return waitForJob(client, id, job => TERMINAL_STATES.includes(job.state))
}

/** The job once it is as asked; the test's own time limit ends the waiting. */
export async function waitForJob(client: BinderyClient, id: string, isAsAsked: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const { job } = await client.jobs.get({ id })
    if (isAsAsked(job)) return job
    await sleep(50)
  }
}
