/** What a user does with running and waiting jobs, and what a host that is killed leaves to the next one. */
import type { Page } from '@playwright/test'
import { childrenOf, isAlive } from '../../test/support/processes.ts'
import { openHeadless } from '../fixtures/headless-host.ts'
import { startRun } from '../fixtures/start-run.ts'
import { expect, test } from '../fixtures/test.ts'
import { type Key, english as t } from '../fixtures/words.ts'

const state = (page: Page, name: 'running' | 'paused' | 'completed' | 'cancelled' | 'interrupted') =>
  page.getByText(t(`state.${name}`), { exact: true }).first()
const button = (page: Page, name: Key) => page.getByRole('button', { name: t(name), exact: true })

test('a run is paused, gives its process away and goes on when it is resumed', async ({ page, app }) => {
  await startRun(page, 'production')
  await expect(state(page, 'running')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('img', { name: t('chart.loss') })).toBeVisible({ timeout: 60_000 })
  const before = childrenOf(app.pid)
  await button(page, 'common.pause').click()
  await expect(state(page, 'paused')).toBeVisible({ timeout: 30_000 })
  const gone = before.filter(pid => !childrenOf(app.pid).includes(pid))
  expect(gone.filter(isAlive)).toEqual([])
  await button(page, 'common.resume').click()
  await expect(state(page, 'running')).toBeVisible({ timeout: 60_000 })
  await button(page, 'common.cancel').click()
  await expect(state(page, 'cancelled')).toBeVisible({ timeout: 30_000 })
})

test('what waits is shown on Home with its place, is put first, and is cancelled there', async ({ page }) => {
  for (let i = 0; i < 3; i++) {
    await startRun(page, 'production')
    await page.getByRole('link', { name: t('page.home'), exact: true }).click()
  }
  const queue = page.getByRole('list', { name: t('queue.lane.gpu') })
  await expect(queue.getByRole('listitem')).toHaveCount(2, { timeout: 30_000 })
  const names = () => queue.getByRole('link').allInnerTexts()
  const [first, second] = (await names()).map(text => text.split('\n')[0]!.trim())
  await queue.getByRole('button', { name: t('queue.upOf', { name: second! }) }).click()
  await expect.poll(async () => (await names())[0]).toContain(second!)
  // By keyboard as well: Alt and an arrow on the row itself.
  await queue.getByRole('link').first().focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(async () => (await names())[0]).toContain(first!)
  // And by dragging.
  await queue.getByRole('listitem').nth(1).dragTo(queue.getByRole('listitem').nth(0))
  await expect.poll(async () => (await names())[0]).toContain(second!)
  for (const name of [first!, second!]) {
    await queue.getByRole('button', { name: t('queue.more', { name }) }).click()
    await page.getByRole('menuitem', { name: t('common.cancel') }).click()
  }
  await expect(queue).toHaveCount(0)
  await page
    .getByRole('link', { name: /Simulated example/ })
    .first()
    .click()
  await button(page, 'common.cancel').click()
  await expect(state(page, 'cancelled')).toBeVisible({ timeout: 30_000 })
})

test('a run whose host is killed is interrupted, and completes when it is resumed', async ({
  workspace,
  browserOfHost,
  viewport,
  host,
}) => {
  test.skip(host === 'electron', 'the window is opened once a test')
  test.setTimeout(240_000)
  const browser = browserOfHost!
  const first = await openHeadless({ workspace, browser, viewport })
  await startRun(first.page, 'smoke', { 'setting.epochs': 60, 'setting.patience': 60 })
  await expect(state(first.page, 'running')).toBeVisible({ timeout: 60_000 })
  await expect(first.page.getByRole('img', { name: t('chart.loss') })).toBeVisible({ timeout: 60_000 })
  const children = childrenOf(first.pid)
  process.kill(first.pid, 'SIGKILL')
  await first.stop()
  await expect.poll(() => children.filter(isAlive), { timeout: 15_000 }).toEqual([])

  const second = await openHeadless({ workspace, browser, viewport })
  const { page } = second
  const attention = page.locator('section', { has: page.getByRole('heading', { name: t('home.attention') }) })
  await expect(attention.getByText(t('state.interrupted'))).toBeVisible({ timeout: 30_000 })
  await attention.getByRole('button', { name: /Resume/ }).click()
  await page
    .getByRole('link', { name: /Simulated example #1/ })
    .first()
    .click()
  await expect(state(page, 'completed')).toBeVisible({ timeout: 180_000 })
  expect(await second.stop()).toBe(0)
})
