/** Compares what the store has of every run with the lines of its file. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { openReadOnlyStore } from '../../src/core/store/open-store.ts'

export interface MetricsCheck {
  runs: number
  rows: number
  /** Different (step, name) pairs in the files. */
  lines: number
  /** What differs, by run. */
  differences: string[]
}

export function checkMetrics(workspace: string): MetricsCheck {
  const store = openReadOnlyStore(path.join(workspace, 'bindery.sqlite'))
  const check: MetricsCheck = { runs: 0, rows: 0, lines: 0, differences: [] }
  try {
    for (const { id } of store.all<{ id: string }>("SELECT id FROM jobs WHERE kind = 'train'")) {
      const rows = store.all<{ name: string; step: number; value: number | null }>(
        `SELECT metric_series.name, metric_points.step, metric_points.value FROM metric_points
         JOIN metric_series ON metric_series.id = metric_points.series_id WHERE metric_series.job_id = ?`,
        [id],
      )
      const written = linesOf(path.join(workspace, 'runs', id, 'metrics.jsonl'))
      check.runs++
      check.rows += rows.length
      check.lines += written.size
      const wrong = rows.filter(row => written.get(`${row.name}@${row.step}`) !== row.value)
      if (wrong.length > 0 || rows.length !== written.size) {
        check.differences.push(`${id}: ${rows.length} rows, ${written.size} lines, ${wrong.length} of other value`)
      }
    }
    return check
  } finally {
    store.close()
  }
}

/** The last value of each step and name, as a run that goes on from a checkpoint writes it again. */
function linesOf(file: string): Map<string, number | null> {
  const values = new Map<string, number | null>()
  if (!existsSync(file)) return values
  // What is behind the last line end was cut off by a kill and is no line.
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const { name, step, value } = JSON.parse(line) as { name: string; step: number; value: number | null }
    values.set(`${name}@${step}`, value)
  }
  return values
}
