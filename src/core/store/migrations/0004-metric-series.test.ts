import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { insertMetricRows } from '../../jobs/metrics-store.ts'
import { openStore } from '../open-store.ts'
import { metricSeries } from './0004-metric-series.ts'
import { MIGRATIONS } from './index.ts'

const before = MIGRATIONS.filter(({ version }) => version < metricSeries.version)
const upTo = MIGRATIONS.filter(({ version }) => version <= metricSeries.version)
const JOBS = ['job_aaaaaaaaaaaa', 'job_bbbbbbbbbbbb']
const value = (step: number): number => ((step * 7919) % 1009) / 7

it('brings old points into series with the outlines that taking them in would have made', async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-migration-'))
  try {
    const old = await openStore(workspace, before)
    old.write(() => {
      for (const [i, id] of JOBS.entries()) {
        old.run(
          `INSERT INTO jobs (id, number, kind, name, state, request, created_at) VALUES (?, ?, 'train', 'run', 'completed', '{}', 0)`,
          [id, i + 1],
        )
      }
      for (let step = 0; step < 3_000; step++) {
        for (const [i, id] of JOBS.entries()) {
          const sql = 'INSERT INTO metrics (job_id, step, name, value) VALUES (?, ?, ?, ?)'
          old.run(sql, [id, step, 'train.loss', value(step) + i])
          if (step % 40 === 0) old.run(sql, [id, step, 'validation.rmse', -value(step)])
        }
      }
    })
    const points = old.all('SELECT job_id, step, name, value FROM metrics ORDER BY job_id, name, step')
    old.close()

    const store = await openStore(workspace, upTo)
    expect(store.all('SELECT * FROM metrics ORDER BY job_id, name, step')).toEqual(points)
    const outlines = (jobId: string) =>
      store.all(
        `SELECT name, level, range, o.points, ROUND(total, 6) AS total, low, low_step, high, high_step
         FROM metric_outlines AS o JOIN metric_series AS s ON s.id = series_id WHERE job_id = ? ORDER BY name, level, range`,
        [jobId],
      )
    const migrated = outlines(JOBS[0]!)
    const series = store.all('SELECT name, points, last_step FROM metric_series WHERE job_id = ? ORDER BY name', [
      JOBS[0]!,
    ])
    store.run('DELETE FROM metric_series WHERE job_id = ?', [JOBS[0]!])
    const rows = points as { job_id: string; step: number; name: string; value: number }[]
    store.write(() =>
      insertMetricRows(
        store,
        JOBS[0]!,
        rows.filter(row => row.job_id === JOBS[0]),
      ),
    )
    expect(migrated).toEqual(outlines(JOBS[0]!))
    expect(series).toEqual([
      { name: 'train.loss', points: 3_000, last_step: 2_999 },
      { name: 'validation.rmse', points: 75, last_step: 2_960 },
    ])
    store.close()
  } finally {
    rmSync(workspace, { recursive: true })
  }
})
