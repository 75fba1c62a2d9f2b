import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { jobUsage } from './0012-job-usage.ts'
import { MIGRATIONS } from './index.ts'

it('adds a table of what jobs used beside the jobs that are there, which goes with its job', async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-migration-'))
  try {
    const old = await openStore(
      workspace,
      MIGRATIONS.filter(({ version }) => version < jobUsage.version),
    )
    old.run(
      `INSERT INTO jobs (id, number, kind, name, state, request, created_at)
       VALUES ('job_aaaaaaaaaaaa', 1, 'train', 'run', 'completed', '{}', 0)`,
    )
    const jobs = old.all('SELECT * FROM jobs')
    old.close()
    const store = await openStore(
      workspace,
      MIGRATIONS.filter(({ version }) => version <= jobUsage.version),
    )
    expect(store.all('SELECT * FROM jobs')).toEqual(jobs)
    const insert = "INSERT INTO job_usage (job_id, at, readings, cpu_percent) VALUES ('job_aaaaaaaaaaaa', 5, 1, 99.5)"
    store.run(insert)
    expect(() => store.run(insert)).toThrow(/UNIQUE/)
    store.run('DELETE FROM jobs')
    expect(store.all('SELECT * FROM job_usage')).toEqual([])
    store.close()
  } finally {
    rmSync(workspace, { recursive: true })
  }
})
