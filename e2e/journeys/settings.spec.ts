import { expectAccessible } from '../fixtures/accessible.ts'
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

trainedTest(
  'what a run used is drawn, its log leads to its folder, and errors and logs are searched',
  async ({ page }) => {
    await goTo(page, 'training')
    await page
      .getByRole('grid', { name: t('page.training') })
      .getByRole('row')
      .nth(1)
      .click()
    await page.getByRole('tab', { name: t('training.tab.resources') }).click()
    await expect(page.getByText(t('usage.peaks'))).toBeVisible()
    await expectAccessible(page, 'resources of a run')
    await page.getByRole('tab', { name: t('training.tab.log') }).click()
    await expect(page.getByRole('button', { name: t('log.copyPath') })).toBeVisible()

    await goTo(page, 'settings')
    await page.getByRole('button', { name: t('logs.show') }).click()
    await page
      .getByRole('radiogroup', { name: t('log.level') })
      .getByText(t('log.level.info'))
      .click()
    const lines = page.getByRole('log', { name: t('logs.title') })
    await expect(lines.getByText('acknowledged start').first()).toBeVisible()
    await page.getByRole('textbox', { name: t('log.search') }).fill('acknowledged')
    await expect(lines.getByText('started', { exact: true })).toHaveCount(0)
    await expectAccessible(page, 'errors and logs')
    await page.getByRole('textbox', { name: t('log.search') }).fill('no line says this')
    await expect(page.getByText(t('logs.empty'))).toBeVisible()
  },
)

trainedTest('the rules of upkeep are kept, and nothing is offered where nothing may go', async ({ page }) => {
  await goTo(page, 'settings')
  const table = page.getByRole('table', { name: t('upkeep.title') })
  const byItself = table.getByRole('checkbox', { name: t('upkeep.byItselfOf', { what: t('upkeep.trash') }) })
  await byItself.click()
  await expect(byItself).toBeChecked()
  const days = table.getByRole('textbox', { name: t('upkeep.daysOf', { what: t('upkeep.checkpoints') }) })
  await days.fill('12')
  await days.press('Enter')
  await page.reload()
  await expect(days).toHaveValue(`12 ${t('upkeep.days')}`)
  await expect(byItself).toBeChecked()
  await expect(page.getByRole('button', { name: t('upkeep.nothing') })).toBeDisabled()
})
