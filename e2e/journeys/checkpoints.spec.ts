import { startRun } from '../fixtures/start-run.ts'
import { expect, test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

test('a checkpoint is saved, pinned and gone back to', async ({ page }) => {
  await startRun(page, 'production')
  await page.getByRole('tab', { name: t('training.tab.checkpoints') }).click()
  const table = page.getByRole('table', { name: t('training.tab.checkpoints') })
  await page.getByRole('button', { name: t('checkpoint.saveNow') }).click({ timeout: 60_000 })
  await table
    .getByRole('button', { name: t('checkpoint.pin') })
    .first()
    .click({ timeout: 60_000 })
  const pinned = table.getByRole('row').filter({ hasText: t('checkpoint.kind.pinned') })
  await expect(pinned).toHaveCount(1)

  await page.getByRole('button', { name: t('common.pause'), exact: true }).click()
  await pinned.getByRole('button', { name: t('checkpoint.resume') }).click({ timeout: 30_000 })
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(t('checkpoint.resumeText'))
  await dialog.getByRole('button', { name: t('common.resume') }).click()
  await expect(page.getByText(t('state.running'), { exact: true }).first()).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: t('common.cancel'), exact: true }).click()
  await expect(page.getByText(t('state.cancelled'), { exact: true }).first()).toBeVisible({ timeout: 30_000 })
})

test('a run whose loss explodes is paused and shows its autopsy', async ({ page }) => {
  await startRun(page, 'smoke', {
    'setting.learningRate': 1,
    'setting.clipNorm': 1_000_000,
    'setting.warmupFraction': 0,
    'setting.depth': 10,
    'setting.epochs': 50,
  })
  await page.getByRole('tab', { name: t('training.tab.autopsy') }).click({ timeout: 60_000 })
  await expect(page.getByText(t('state.paused'), { exact: true }).first()).toBeVisible()
  await expect(page.getByText(t('error.ERR_6004.title'))).toBeVisible()
  for (const title of [t('autopsy.inputs'), t('autopsy.parameters')]) {
    const rows = page.getByRole('table', { name: title }).getByRole('row')
    expect(await rows.count()).toBeGreaterThan(5)
  }
  await expect(page.getByRole('table', { name: t('autopsy.compounds', { count: 32 }) })).toBeVisible()
})
