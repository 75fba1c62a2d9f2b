import type { Page } from '@playwright/test'
import { expectAccessible } from '../fixtures/accessible.ts'
import { goTo, PAGES } from '../fixtures/pages.ts'
import { expect, test, trainedTest } from '../fixtures/test.ts'
import { chinese, english as t, type Words } from '../fixtures/words.ts'

async function visitEveryPage(page: Page, words: Words, where: string): Promise<void> {
  for (const name of PAGES) {
    await goTo(page, name, words)
    await expect(page).toHaveURL(new RegExp(`#/${name}`))
    await page.waitForLoadState('networkidle')
    await expectAccessible(page, `${name}, ${where}`)
  }
}

async function choose(page: Page, option: string): Promise<void> {
  await page.getByText(option, { exact: true }).click()
}

trainedTest('every page with content is accessible, in light, dark and Chinese', async ({ page }) => {
  trainedTest.slow()
  await goTo(page, 'settings')
  await choose(page, t('settings.theme.light'))
  await openDetails(page)
  await visitEveryPage(page, t, 'light')

  await goTo(page, 'settings')
  await choose(page, t('settings.theme.dark'))
  await visitEveryPage(page, t, 'dark')

  await goTo(page, 'settings')
  await choose(page, '简体中文')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await visitEveryPage(page, chinese, 'dark, Chinese')
})

test('every empty page is accessible', async ({ page }) => {
  await visitEveryPage(page, t, 'empty')
})

/** Selects the first thing on each page, so that its detail is there as well; the rail keeps each page's place. */
async function openDetails(page: Page): Promise<void> {
  for (const name of ['data', 'training', 'models'] as const) {
    await goTo(page, name)
    await page
      .getByRole('grid', { name: t(`page.${name}`) })
      .getByRole('row')
      .nth(1)
      .click()
    await expect(page).toHaveURL(new RegExp(`#/${name}/\\w+_`))
  }
}
