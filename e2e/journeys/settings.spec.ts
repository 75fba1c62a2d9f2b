import { goTo, railLink } from '../fixtures/pages.ts'
import { expect, test, trainedTest } from '../fixtures/test.ts'
import { chinese, english as t } from '../fixtures/words.ts'

test('language and theme change at once and stay after a reload', async ({ page }) => {
  await goTo(page, 'settings')
  const html = page.locator('html')

  await page
    .getByRole('radiogroup', { name: t('settings.theme') })
    .getByText(t('settings.theme.dark'))
    .click()
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.getByText('简体中文').click()
  await expect(html).toHaveAttribute('lang', 'zh-CN')
  await expect(railLink(page, 'training', chinese)).toBeVisible()

  await page.reload()
  await expect(page.getByRole('heading', { name: chinese('page.settings') }).first()).toBeVisible()
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.getByText('English', { exact: true }).click()
  await expect(railLink(page, 'training')).toBeVisible()
})

trainedTest('a reload keeps the place: page, selection, tab and filter', async ({ page }) => {
  await goTo(page, 'data')
  await page
    .getByRole('grid', { name: t('page.data') })
    .getByRole('row')
    .nth(1)
    .click()
  await page.getByRole('tab', { name: t('data.tab.rows') }).click()
  await expect(page.getByRole('tab', { name: t('data.tab.rows') })).toHaveAttribute('aria-selected', 'true')
  const place = page.url()
  expect(place).toMatch(/#\/data\/ds_[0-9a-z]{12}\/rows/)

  await page.reload()
  await expect(page.getByRole('tab', { name: t('data.tab.rows') })).toHaveAttribute('aria-selected', 'true')
  await expect(
    page
      .getByRole('grid', { name: t('data.tab.rows') })
      .getByRole('row')
      .nth(3),
  ).toBeVisible()
  expect(page.url()).toBe(place)

  await page.goBack()
  await expect(page.getByRole('tab', { name: t('data.tab.overview') })).toHaveAttribute('aria-selected', 'true')
})
