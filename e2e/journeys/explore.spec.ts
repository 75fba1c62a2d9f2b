import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { type Key, english as t } from '../fixtures/words.ts'

// Each starts a chemistry worker or several.
test.slow()

const tab = (page: Page, key: Key) => page.getByRole('tab', { name: t(key) })
const grid = (page: Page, key: Key) => page.getByRole('grid', { name: t(key), exact: true })

/** The simulated example, which has a model. */
async function openExample(page: Page): Promise<void> {
  await goTo(page, 'data')
  await grid(page, 'page.data').getByRole('row').nth(1).click()
  await expect(tab(page, 'data.tab.overview')).toBeVisible()
}

/** A version without the chloro compounds, made on the way a user takes. */
async function dropChloro(page: Page): Promise<void> {
  await tab(page, 'data.tab.rows').click()
  await page.getByLabel(t('rows.mode')).selectOption('substructure')
  await page.getByLabel(t('rows.query.substructure')).fill('cCl')
  const drop = page.getByRole('button', { name: /Drop these \d+ rows/ })
  await drop.click({ timeout: 60_000 })
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('versions.note')).fill('chloro compounds decompose')
  await dialog.getByRole('button', { name: t('versions.make') }).click()
  await expect(page.getByRole('heading', { name: t('versions.difference', { version: 2 }) })).toBeVisible()
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
}

test('compounds are found by substructure, and what was found is in the address', async ({ page }) => {
  await openExample(page)
  await tab(page, 'data.tab.rows').click()
  const rows = grid(page, 'data.tab.rows')
  await expect(rows).toHaveAttribute('aria-rowcount', '901')
  await page.getByLabel(t('rows.mode')).selectOption('substructure')
  // Drawn with alternating bonds: it is the aromatic ring that is meant.
  await page.getByLabel(t('rows.query.substructure')).fill('FC1=CC=CC=C1')
  await expect(page).toHaveURL(/rs=FC1/)
  await expect(rows).not.toHaveAttribute('aria-rowcount', '901', { timeout: 60_000 })
  const found = await rows.getAttribute('aria-rowcount')
  await expect(rows.getByRole('row').nth(1)).toContainText('F')
  await page.getByLabel(t('rows.rmin', { unit: 'pKi' })).fill('7')
  await expect(rows).not.toHaveAttribute('aria-rowcount', found!)
  const both = await rows.getAttribute('aria-rowcount')
  await page.reload()
  await expect(rows).toHaveAttribute('aria-rowcount', both!, { timeout: 60_000 })
  await expectAccessible(page)
  await page.getByRole('button', { name: t('rows.clear') }).click()
  await expect(rows).toHaveAttribute('aria-rowcount', '901')
})

test('a compound leads to those like it, by keyboard', async ({ page }) => {
  await openExample(page)
  await tab(page, 'data.tab.rows').click()
  const rows = grid(page, 'data.tab.rows')
  await rows.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: t('compound.similar') }).click()
  await expect(rows.getByRole('columnheader', { name: t('rows.similarity') })).toBeVisible()
  // Itself first.
  await expect(rows.getByRole('row').nth(1)).toContainText('1.00', { timeout: 60_000 })
})

test('a split is seen before anything is trained on it', async ({ page }) => {
  await openExample(page)
  await tab(page, 'data.tab.splits').click()
  const panel = page.getByRole('tabpanel')
  for (const split of ['split.random', 'split.scaffold', 'split.cluster'] as const) {
    await panel.getByText(t(split), { exact: true }).click()
    await expect(panel.getByText(/^Test 180$/)).toBeVisible({ timeout: 60_000 })
  }
  await expect(panel.getByRole('heading', { name: t('split.similarity') })).toBeVisible()
  await panel.getByLabel(t('split.testPart')).selectOption('2/10')
  await expect(panel.getByText(/^Test 90$/)).toBeVisible({ timeout: 60_000 })
  await expectAccessible(page)
  await panel.getByText(t('split.time'), { exact: true }).click()
  await expect(panel.getByRole('alert')).toContainText('no dates')
})

test('an edit makes a version, its difference is shown, and the model stays with the first', async ({ page }) => {
  await openExample(page)
  await dropChloro(page)
  await expect(page.getByText(/\d+ removed/)).toBeVisible()
  await expect(
    page
      .getByRole('row')
      .filter({ hasText: t('versions.removed.one') })
      .first(),
  ).toContainText('Cl')
  await expect(page.getByText(/rows dropped: chloro compounds decompose/)).toBeVisible()
  const first = page.getByRole('listitem').filter({ hasText: t('versions.version', { version: 1 }) })
  await expect(first.getByRole('link', { name: /dmpnn #1/ }).first()).toBeVisible()
  await expectAccessible(page)
})

test('what is deleted comes back with Ctrl+Z and from the trash; what is in use stays', async ({ page }) => {
  await openExample(page)
  await page.getByRole('button', { name: t('data.delete') }).click()
  const refusal = page.getByRole('dialog', { name: t('data.remove.refused') })
  await expect(refusal.getByRole('alert')).toContainText('ERR_4002')
  await refusal
    .getByRole('button', { name: t('common.close'), exact: true })
    .last()
    .click()

  // Without its model nothing stands against it.
  await goTo(page, 'models')
  await grid(page, 'page.models').getByRole('row').nth(1).click()
  await page.keyboard.press('Delete')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('common.delete'), exact: true })
    .click()
  await openExample(page)
  await page.getByRole('button', { name: t('data.delete') }).click()
  await expect(page.getByText(t('data.empty'))).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(grid(page, 'page.data').getByRole('row')).toHaveCount(2)

  await page.getByRole('button', { name: t('data.delete') }).click()
  await expect(page.getByText(t('data.empty'))).toBeVisible()
  await page.getByRole('button', { name: t('trash.title') }).click()
  await grid(page, 'trash.title').getByRole('row').nth(1).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: t('trash.restore') }).click()
  await expect(page.getByText(t('trash.nothing'))).toBeVisible()
  await page.getByRole('button', { name: t('trash.leave') }).click()
  await expect(grid(page, 'page.data').getByRole('row')).toHaveCount(2)
})
