import { readFile } from 'node:fs/promises'
import type { Download, Locator, Page } from '@playwright/test'
import { expectAccessible } from '../fixtures/accessible.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const grid = (page: Page): Locator => page.getByRole('grid', { name: t('page.training') })
const run = (page: Page, number: number): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ hasText: `#${number}` })
const loss = (page: Page): Locator => page.getByRole('figure', { name: t('chart.loss') })

async function openRun(page: Page): Promise<void> {
  await goTo(page, 'training')
  await run(page, 1).click()
  await expect(loss(page).locator('canvas')).toBeVisible()
}

async function bytesOf(download: Promise<Download>): Promise<Buffer> {
  return readFile(await (await download).path())
}

test('a chart is zoomed, keeps its place in the address, and is saved', async ({ page, host }) => {
  test.skip(host === 'electron', 'a chart is saved through the dialog of the system, which cannot be driven')
  await openRun(page)
  const box = (await loss(page).locator('canvas').boundingBox())!
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * 0.4, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 3 })
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 3 })
  await page.mouse.up()
  await expect(page).toHaveURL(/x=\d+-\d+/)
  // All charts show the same steps.
  await expect(page.getByRole('figure', { name: t('chart.learningRate') })).toHaveAttribute('data-resolution', 'window')
  const address = page.url()

  const saved = page.waitForEvent('download')
  await loss(page)
    .getByRole('button', { name: t('chart.saveCsv') })
    .click()
  const lines = (await bytesOf(saved)).toString('utf8').trim().split(/\r?\n/)
  expect(lines[0]).toContain('run,number,metric,step,value')
  // The whole curve, not what the zoom shows.
  const [from] = /x=(\d+)-/.exec(address)!.slice(1).map(Number) as [number]
  expect(Number(lines[1]!.split(',').at(-2))).toBeLessThan(from)
  const image = page.waitForEvent('download')
  await loss(page)
    .getByRole('button', { name: t('chart.savePng') })
    .click()
  expect((await bytesOf(image)).subarray(1, 4).toString()).toBe('PNG')

  await page.reload()
  await expect(loss(page)).toHaveAttribute('data-resolution', 'window')
  await loss(page)
    .getByRole('button', { name: t('chart.resetZoom') })
    .click()
  await expect(loss(page)).toHaveAttribute('data-resolution', 'whole')
  await expect(page).not.toHaveURL(/x=/)
})

test('a run is made again with a change, and the two are compared', async ({ page }) => {
  test.slow()
  await openRun(page)
  await page.getByRole('button', { name: t('training.more') }).click()
  await page.getByRole('menuitem', { name: t('training.duplicate') }).click()
  const form = page.getByRole('form', { name: t('training.new') })
  await expect(form.getByRole('radio', { name: t('recipe.dmpnn'), exact: true })).toBeChecked()
  await form.getByLabel(t('training.seed')).fill('7')
  await form.getByRole('button', { name: t('training.start') }).click()
  await expect(run(page, 2)).toContainText(t('state.completed'), { timeout: 60_000 })

  for (const number of [1, 2]) await run(page, number).getByRole('checkbox').check()
  await expect(page.getByRole('heading', { name: t('compare.title', { count: 2 }) })).toBeVisible()
  await expect(loss(page).locator('canvas')).toBeVisible()
  await expect(page).toHaveURL(/training\/compare\?.*runs=job_\w+(,|%2C)job_/)
  await expectAccessible(page, 'runs compared')

  await page.getByRole('tab', { name: t('compare.tab.figures') }).click()
  const figures = page.getByRole('table', { name: t('compare.tab.figures') })
  await expect(figures.getByRole('columnheader')).toHaveCount(3)
  await expect(
    figures
      .getByRole('row')
      .filter({ hasText: t('metrics.rmse') })
      .first(),
  ).toContainText(/\d\.\d\d/)

  await page.getByRole('tab', { name: t('compare.tab.configuration') }).click()
  const choices = page.getByRole('table', { name: t('compare.tab.configuration') })
  await expect(choices.getByRole('row').nth(1)).toContainText(t('training.seed'))
  await expect(choices.getByRole('row')).toHaveCount(2)
  // The address is all there is to it.
  await page.reload()
  await expect(choices.getByRole('row')).toHaveCount(2)
  await page.getByRole('button', { name: /#2/ }).click()
  await expect(page.getByRole('tab', { name: t('training.tab.charts') })).toBeVisible()
})

test('runs are marked by keyboard, tagged, and found by their tag', async ({ page }) => {
  await openRun(page)
  await page.getByRole('tab', { name: t('training.tab.configuration') }).click()
  await page.getByLabel(t('training.tags')).first().fill('baseline')
  await page.keyboard.press('Enter')
  await page.getByLabel(t('training.notes')).fill('the first one')
  await page.getByLabel(t('training.notes')).blur()
  await page.getByLabel(t('training.filter')).fill('baseline first')
  await expect(grid(page).getByRole('row')).toHaveCount(2)
  await page.getByLabel(t('training.filter')).fill('nothing like it')
  await expect(page.getByText(t('common.nothingFound'))).toBeVisible()
  await page.getByLabel(t('training.filter')).fill('')
  await grid(page).focus()
  await page.keyboard.press(' ')
  await expect(run(page, 1).getByRole('checkbox')).toBeChecked()
  await page.keyboard.press(' ')
  await expect(run(page, 1).getByRole('checkbox')).not.toBeChecked()
})

test('the log of a run is searched', async ({ page }) => {
  await openRun(page)
  await page.getByRole('tab', { name: t('training.tab.log') }).click()
  const log = page.getByRole('log')
  await expect(log).toContainText('acknowledged start')
  await page.getByLabel(t('log.search')).fill('ACKNOWLEDGED')
  await expect(log).toContainText('acknowledged start')
  await page.getByLabel(t('log.search')).fill('no such line')
  await expect(page.getByText(t('log.empty'))).toBeVisible()
  await page.getByLabel(t('log.search')).fill('')
  await page.getByText(t('log.level.error'), { exact: true }).click()
  await expect(page.getByText(t('log.empty'))).toBeVisible()
  await expectAccessible(page, 'log')
})
