import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { childrenOf, isAlive } from '../../test/support/processes.ts'
import { startRun } from '../fixtures/start-run.ts'
import { expect, test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const state = (page: Page, name: 'running' | 'completed' | 'cancelled') =>
  page.getByText(t(`state.${name}`), { exact: true }).first()

/** Points of the loss curve, as the chart hands them out. */
async function countPoints(page: Page): Promise<number> {
  const chart = page.getByRole('figure', { name: t('chart.loss') })
  const saved = page.waitForEvent('download')
  await chart.getByRole('button', { name: t('chart.saveCsv') }).click()
  const text = await readFile(await (await saved).path(), 'utf8')
  return text.trim().split('\n').length - 1
}

test('a run on the example is watched to its end and judged beside the floors', async ({ page }) => {
  await startRun(page, 'smoke')
  await expect(state(page, 'completed')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('tab', { name: t('training.tab.evaluation') }).click()
  const metrics = page.getByRole('table', { name: t('metrics.title') })
  for (const name of [t('part.test'), t('part.validation'), t('floor.nearest'), t('floor.mean')]) {
    await expect(metrics.getByRole('row').filter({ hasText: name })).toContainText(/\d\.\d\d/)
  }
  await page.getByRole('link', { name: t('training.openModel') }).click()
  await expect(page).toHaveURL(/#\/models\/mdl_/)
  // Simulated values stay marked as such, from the data to the model.
  await expect(page.getByText(t('common.simulated')).first()).toBeVisible()
})

test('the curve grows while a run trains, and cancelling ends its process', async ({ page, app, host }) => {
  test.skip(host === 'electron', 'a chart is saved through the dialog of the system, which cannot be driven')
  await startRun(page, 'production')
  await expect(state(page, 'running')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('img', { name: t('chart.loss') })).toBeVisible({ timeout: 60_000 })
  const first = await countPoints(page)
  await expect.poll(() => countPoints(page), { timeout: 60_000 }).toBeGreaterThan(first)

  const before = childrenOf(app.pid)
  await page.getByRole('button', { name: t('common.cancel'), exact: true }).click()
  await expect(state(page, 'cancelled')).toBeVisible({ timeout: 30_000 })
  // The word appears only once the trainer is gone.
  const after = childrenOf(app.pid)
  if (process.platform === 'linux') {
    expect(before.filter(pid => !after.includes(pid))).toHaveLength(1)
    expect(before.filter(pid => !after.includes(pid)).filter(isAlive)).toEqual([])
  }
})
