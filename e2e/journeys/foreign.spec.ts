import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { networkOnnx, treesOnnx } from '../../test/support/foreign-onnx.ts'
import { dropFile } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const dialog = (page: Page) => page.getByRole('dialog', { name: t('foreign.title') })
const answer = (page: Page) => page.getByRole('region', { name: t('predict.answer') })

function writeModel(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const stumps = Array.from({ length: 30 }, (_, k) => ({ bit: (k * 31 + 2) % 1024, absent: -0.01, present: 0.08 }))

async function predict(page: Page, smiles: string): Promise<void> {
  await page.getByLabel('SMILES').fill(smiles)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
}

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
}

test('an ONNX file made elsewhere is dropped, judged with measured compounds, and predicts with an error bar', async ({
  page,
  workspace,
  host,
}) => {
  test.skip(host === 'electron', 'a file that is dropped by a script has no path for Electron')
  await dropFile(page, writeModel(workspace, 'forest.onnx', treesOnnx(stumps, 6)))
  await expect(dialog(page)).toContainText('skl2onnx', { timeout: 20_000 })
  // The width of its input is known; what it means is not.
  await expect(dialog(page).getByLabel(t('foreign.bits'))).toHaveValue('1024')
  await dialog(page).getByLabel(t('foreign.measured')).selectOption({ index: 1 })
  await dialog(page)
    .getByRole('radio', { name: t('foreign.seen.no'), exact: true })
    .check()
  await expectNoViolations(page)
  await dialog(page)
    .getByRole('button', { name: t('foreign.register') })
    .click()
  await expect(dialog(page)).toContainText(t('foreign.taken', { name: 'forest' }), { timeout: 60_000 })
  await expect(dialog(page).getByRole('figure')).toHaveCount(4)
  await expectNoViolations(page)
  await dialog(page)
    .getByRole('button', { name: t('models.import.open') })
    .click()
  await expect(page.getByText(/As its user says, it has not learned from them/)).toBeVisible()
  await page.getByRole('tab', { name: t('models.tab.evaluation') }).click()
  await expect(page.getByRole('grid', { name: t('evaluation.largestErrors') })).toBeVisible({ timeout: 30_000 })
  await expectNoViolations(page)

  await page
    .getByRole('main')
    .getByRole('link', { name: t('models.predict') })
    .click()
  await predict(page, 'CCOc1ccccc1')
  await expect(answer(page)).toContainText(/± \d\.\d\d/)
  await expect(answer(page)).toContainText(t('domain.unknown'))
  await expect(answer(page).getByRole('heading', { name: t('predict.nearestMeasured') })).toBeVisible()
  await expect(answer(page).getByRole('img', { name: /Contributions of the atoms/ })).toBeVisible()
})

test('what cannot be registered says why, and a wrong choice can be changed', async ({ page, workspace, host }) => {
  test.skip(host === 'electron', 'a file that is dropped by a script has no path for Electron')
  await dropFile(page, writeModel(workspace, 'table.onnx', Buffer.from('smiles,pKi\n')))
  await expect(dialog(page)).toContainText(t('foreign.refused', { file: 'table.onnx' }), { timeout: 20_000 })
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)

  await dropFile(page, writeModel(workspace, 'network.onnx', networkOnnx()))
  await dialog(page).getByLabel(t('foreign.scale')).selectOption('kcal/mol', { timeout: 20_000 })
  await dialog(page)
    .getByRole('button', { name: t('foreign.register') })
    .click()
  await expect(dialog(page)).toContainText('is its scale another?', { timeout: 30_000 })
  await dialog(page).getByLabel(t('foreign.scale')).selectOption('pX')
  await dialog(page)
    .getByRole('button', { name: t('foreign.register') })
    .click()
  await expect(dialog(page)).toContainText(t('foreign.taken', { name: 'network' }), { timeout: 30_000 })
})

test('where the chosen model is damaged another answers, and the answer says which and why', async ({
  page,
  workspace,
  host,
}) => {
  test.skip(host === 'electron', 'a file that is dropped by a script has no path for Electron')
  const [trained] = readdirSync(join(workspace, 'models'))
  await dropFile(page, writeModel(workspace, 'network.onnx', networkOnnx()))
  await dialog(page)
    .getByRole('button', { name: t('foreign.register') })
    .click({ timeout: 20_000 })
  await expect(dialog(page)).toContainText(t('foreign.taken', { name: 'network' }), { timeout: 30_000 })
  await page.keyboard.press('Escape')

  await goTo(page, 'predict')
  await page.getByLabel(t('predict.model'), { exact: true }).selectOption(trained!)
  await page.getByRole('combobox', { name: t('predict.fallback') }).click()
  await page.getByRole('option', { name: 'network', exact: true }).click()
  await page.keyboard.press('Escape')
  appendFileSync(join(workspace, 'models', trained!, 'model.onnx'), 'x')
  await predict(page, 'CCOc1ccccc1')
  const note = answer(page).getByRole('status')
  await expect(note).toContainText(t('predict.answeredBy', { name: 'network' }), { timeout: 30_000 })
  await expect(note).toContainText('SHA-256')
  await expect(answer(page)).toContainText(t('predict.noInterval'))
  await expectNoViolations(page)
})
