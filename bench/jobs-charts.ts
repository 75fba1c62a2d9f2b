/**
 * How long a person waits for the charts of a long run: the built headless host with 1,000,000 stored points, a real Chromium, from
 * the address of the run until its curves are on the screen, and from the end of a drawn zoom box until the finer curves are. Besides,
 * from the end of a click on its row, which also moves the focus and whose press has asked for the curves ahead.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { startHost } from '../e2e/fixtures/headless-host.ts'
import { isBuildFresh } from '../scripts/testing/build-state.ts'
import { findBrowser } from '../scripts/testing/find-browser.ts'
import { root, runCommand } from '../scripts/testing/run-command.ts'
import { createJobStore } from '../src/core/jobs/job-store.ts'
import { insertMetricRows } from '../src/core/jobs/metrics-store.ts'
import { openStore } from '../src/core/store/open-store.ts'
import { trainOptionsSchema } from '../src/shared/contract/jobs.ts'

export interface ChartFigures {
  /** The longer of first paint and zoom. */
  chartPaintMs: number
  chartFirstPaintMs: number
  chartZoomMs: number
  chartClickMs: number
}

const STEPS = 250_000
const NAMES = ['train.loss', 'learningRate', 'gradientNorm', 'itemsPerSecond'] as const
const BLOCK_STEPS = 1_000
const TRIES = 9
const PRESS_MS = 80
const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run']

/** Medians of several tries, each with a run of its own, so that the page has nothing of it yet. */
export async function measureCharts(): Promise<ChartFigures> {
  if (!isBuildFresh(root)) await runCommand(['electron-vite', 'build'], { output: 'kept' })
  const { path: executablePath, note } = findBrowser()
  if (executablePath === null) throw new Error(`charts are measured in a browser: ${note}`)
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-bench-charts-'))
  const runs = await fillStore(workspace)
  const host = await startHost(workspace)
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  try {
    return await measureIn(browser, host.link, runs)
  } finally {
    await browser.close()
    await host.stop()
    rmSync(workspace, { recursive: true })
  }
}

interface StoredRun {
  id: string
  name: string
}

async function measureIn(browser: Browser, link: string, runs: readonly StoredRun[]): Promise<ChartFigures> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await page.addInitScript({ path: path.join(import.meta.dirname, 'painted-after.js') })
  await page.goto(link)
  await page.goto(`${new URL(page.url()).origin}/#/training`)
  await page.getByRole('grid').waitFor()
  const paints: number[] = []
  const zooms: number[] = []
  for (const { id } of runs) {
    paints.push(await paintedAfter(page, 'whole', () => page.evaluate(`goTo('#/training/${id}/charts')`)))
    await page.waitForTimeout(500)
    zooms.push(await paintedAfter(page, 'window', () => drawZoomBox(page)))
    await backToList(page)
  }
  // Loaded anew, the page has nothing of them again.
  await page.reload()
  await page.getByRole('grid').waitFor()
  const clicks: number[] = []
  for (const { name } of runs) {
    await page.getByRole('row').filter({ hasText: name }).hover()
    clicks.push(await paintedAfter(page, 'whole', () => click(page)))
    await backToList(page)
  }
  const [chartFirstPaintMs, chartZoomMs, chartClickMs] = [median(paints), median(zooms), median(clicks)]
  return { chartPaintMs: Math.max(chartFirstPaintMs, chartZoomMs), chartFirstPaintMs, chartZoomMs, chartClickMs }
}

async function backToList(page: Page): Promise<void> {
  await page.evaluate("goTo('#/training')")
  await page.waitForTimeout(300)
}

async function paintedAfter(page: Page, resolution: 'whole' | 'window', act: () => Promise<unknown>): Promise<number> {
  const done = page.evaluate<number>(`paintedAfter('${resolution}')`)
  await act()
  return done
}

/** As a hand does it: the button stays down for a moment. */
async function click(page: Page): Promise<void> {
  await page.mouse.down()
  await page.waitForTimeout(PRESS_MS)
  await page.mouse.up()
}

async function drawZoomBox(page: Page): Promise<void> {
  const box = await page.locator('figure[data-resolution] canvas').first().boundingBox()
  if (box === null) throw new Error('no chart to zoom')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * 0.4, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 })
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 })
  await page.mouse.up()
}

/** One run for each try, all with the points of the first: its rows are copied within the store. */
async function fillStore(workspace: string): Promise<StoredRun[]> {
  const store = await openStore(workspace)
  const jobs = createJobStore(store)
  const request = trainOptionsSchema.parse({ datasetId: 'ds_000000000000', recipe: 'dmpnn' })
  const runs = Array.from({ length: TRIES }, (_, i) => {
    const name = `long run ${i}`
    const { id } = jobs.insert({ kind: 'train', name, datasetId: null, request })
    for (const to of ['preparing', 'running', 'completed'] as const)
      jobs.move(id, { to, actor: 'host', cause: 'bench' })
    return { id, name }
  })
  const [first, ...others] = runs.map(({ id }) => id) as [string, ...string[]]
  for (let from = 0; from < STEPS; from += BLOCK_STEPS) {
    const rows = Array.from({ length: BLOCK_STEPS }, (_, i) => from + i).flatMap(step =>
      NAMES.map((name, k) => ({
        step,
        name,
        value: Math.exp(-step / 9e4) * (k + 1) + ((step * 7_919) % 1_009) / 5_000,
      })),
    )
    store.write(() => insertMetricRows(store, first, rows))
  }
  for (const id of others) copyMetrics(store, first, id)
  const counted = store.one<{ n: number }>('SELECT SUM(points) AS n FROM metric_series WHERE job_id = ?', [first])?.n
  if (counted !== STEPS * NAMES.length) throw new Error(`${counted} points are stored`)
  store.close()
  return runs
}

function copyMetrics(store: Awaited<ReturnType<typeof openStore>>, from: string, to: string): void {
  store.write(() => {
    store.run(
      `INSERT INTO metric_series (job_id, name, points, last_step, sequence)
       SELECT ?, name, points, last_step, sequence FROM metric_series WHERE job_id = ?`,
      [to, from],
    )
    const pair = `metric_series AS a JOIN metric_series AS b ON b.name = a.name AND b.job_id = ? WHERE a.job_id = ?`
    for (const { a, b } of store.all<{ a: number; b: number }>(`SELECT a.id AS a, b.id AS b FROM ${pair}`, [
      to,
      from,
    ])) {
      store.run('INSERT INTO metric_points SELECT ?, step, value, sequence FROM metric_points WHERE series_id = ?', [
        b,
        a,
      ])
      store.run(
        `INSERT INTO metric_outlines SELECT ?, level, range, points, total, low, low_step, high, high_step
         FROM metric_outlines WHERE series_id = ?`,
        [b, a],
      )
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length / 2)] as number)
}

if (import.meta.main) console.log(JSON.stringify(await measureCharts()))
