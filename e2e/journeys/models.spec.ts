import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { dropFile } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

test.beforeEach(async ({ page }) => {
  await goTo(page, 'models')
})

const models = (page: Page) => page.getByRole('grid', { name: t('page.models') })
const dialog = (page: Page) => page.getByRole('dialog', { name: t('models.import.title') })

async function openFirst(page: Page): Promise<void> {
  await models(page).getByRole('row').nth(1).click()
  await expect(page.getByRole('tab', { name: t('models.tab.card') })).toBeVisible()
}

/** Exports the open model. @returns the path of its passport. */
async function exportPassport(page: Page, folder: string): Promise<string> {
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: t('models.export') }).click()
  const download = await saved
  expect(download.suggestedFilename()).toMatch(/ v1\.bindery-model$/)
  const path = join(folder, 'exported.bindery-model')
  await download.saveAs(path)
  return path
}

async function askForPassport(page: Page): Promise<void> {
  await page.getByRole('button', { name: t('models.import'), exact: true }).click()
  await page.getByRole('menuitem', { name: t('models.import.passport') }).click()
}

async function chooseInDialog(page: Page, path: string, button: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await dialog(page).getByRole('button', { name: button }).click()
  await (await chooser).setFiles(path)
}

test('a passport goes out and comes in again; a tampered one is refused and says which part', async ({
  page,
  workspace,
  host,
}) => {
  test.skip(host === 'electron', 'the save dialog of the system cannot be filled in')
  await openFirst(page)
  const path = await exportPassport(page, workspace)
  const bytes = readFileSync(path)
  bytes[bytes.indexOf('BNDRDOMN') + 200]! ^= 1
  const tampered = join(workspace, 'tampered.bindery-model')
  writeFileSync(tampered, bytes)

  await askForPassport(page)
  await chooseInDialog(page, tampered, t('models.import.choose'))
  await expect(dialog(page)).toContainText(t('models.import.refused', { file: 'tampered.bindery-model' }))
  await expect(dialog(page)).toContainText('domain.bin')
  await expect(models(page)).toHaveAttribute('aria-rowcount', '2')

  await chooseInDialog(page, path, t('models.import.another'))
  await expect(dialog(page)).toContainText('it gives the results its card states', { timeout: 30_000 })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await dialog(page)
    .getByRole('button', { name: t('models.import.open') })
    .click()
  await expect(page.getByText(t('modelState.verified'), { exact: true }).first()).toBeVisible()
  await expect(models(page)).toHaveAttribute('aria-rowcount', '3')
})

test('every point of the evaluation opens its compound, with the keyboard too', async ({ page }) => {
  await openFirst(page)
  await page.getByRole('tab', { name: t('models.tab.evaluation') }).click()
  const errors = page.getByRole('grid', { name: t('evaluation.largestErrors') })
  await expect(errors).toBeVisible({ timeout: 30_000 })
  await errors.getByRole('row').nth(1).click()
  const compound = page.getByRole('complementary', { name: t('evaluation.compound') })
  await expect(compound).toContainText(t('evaluation.compoundOf.test'))
  await expect(compound.getByRole('img').first()).toBeVisible()
  await expect(compound.getByRole('listitem')).toHaveCount(3)
  const first = await compound.textContent()
  await page.keyboard.press('ArrowDown')
  await expect(compound).not.toHaveText(first!)
  await compound.getByRole('button', { name: t('common.close') }).click()
  await expect(compound).toHaveCount(0)

  // Somewhere in the middle of the plot lies a point; it is found as the pointer would find it.
  const plot = page.getByRole('img', { name: t('parity.title') })
  const box = (await plot.boundingBox())!
  search: for (let y = 0.3; y < 0.8; y += 0.02) {
    for (let x = 0.3; x < 0.8; x += 0.02) {
      await plot.click({ position: { x: box.width * x, y: box.height * y } })
      if ((await compound.count()) > 0) break search
    }
  }
  await expect(compound).toContainText(t('evaluation.measured'))
  await expect(page.getByRole('figure', { name: t('evaluation.coverage') })).toBeVisible()
})

test('a version is made current, rolled back, deleted and brought back', async ({ page, workspace, host }) => {
  test.skip(host === 'electron', 'the save dialog of the system cannot be filled in')
  await openFirst(page)
  const name = (await page.getByRole('heading', { level: 2 }).textContent())!
  const path = await exportPassport(page, workspace)
  await askForPassport(page)
  await dialog(page)
    .getByRole('combobox', { name: t('models.import.versionOf') })
    .click()
  await page.getByRole('option', { name }).click()
  await chooseInDialog(page, path, t('models.import.choose'))
  await dialog(page)
    .getByRole('button', { name: t('models.import.open') })
    .click({ timeout: 30_000 })

  await page.getByRole('tab', { name: t('models.tab.versions') }).click()
  const versions = page.getByRole('table', { name: t('models.versions') })
  const current = versions.getByRole('row').filter({ has: page.getByText(t('models.current'), { exact: true }) })
  await expect(current).toContainText('v1')
  await versions.getByRole('button', { name: t('models.makeCurrent') }).click()
  await expect(current).toContainText('v2')
  await expect(page.getByRole('table', { name: t('models.compare') })).toBeVisible()
  await page.getByRole('button', { name: t('models.rollBack') }).click()
  await expect(current).toContainText('v1')

  await page.getByRole('tab', { name: t('models.tab.log') }).click()
  await expect(page.getByRole('list', { name: t('models.tab.log') })).toContainText(t('modelAction.imported'))

  await page.getByRole('button', { name: t('models.actions') }).click()
  await page.getByRole('menuitem', { name: t('common.delete') }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('common.delete') })
    .click()
  await expect(models(page)).toHaveAttribute('aria-rowcount', '2')
  await page.getByRole('button', { name: t('common.undo') }).click()
  await expect(models(page)).toHaveAttribute('aria-rowcount', '3')
})

test('a passport that is dropped anywhere is taken in, and no table is made of it', async ({
  page,
  workspace,
  host,
}) => {
  test.skip(host === 'electron', 'the save dialog of the system cannot be filled in')
  await openFirst(page)
  const path = await exportPassport(page, workspace)
  // The page that takes files of its own is the hardest one.
  await goTo(page, 'predict')
  await dropFile(page, path)
  await expect(dialog(page)).toContainText('it gives the results its card states', { timeout: 30_000 })
  await expect(page.getByRole('dialog')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await goTo(page, 'models')
  await expect(models(page)).toHaveAttribute('aria-rowcount', '3')
})
