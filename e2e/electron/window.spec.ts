import { expect, test } from '../fixtures/test.ts'

test('the window is sandboxed: no Node in the page, and only the bridge', async ({ page }) => {
  const seen = await page.evaluate(() => ({
    require: typeof (globalThis as Record<string, unknown>).require,
    process: typeof (globalThis as Record<string, unknown>).process,
    bridge: Object.keys((globalThis as { bindery?: object }).bindery ?? {}).sort(),
  }))
  expect(seen).toEqual({
    require: 'undefined',
    process: 'undefined',
    bridge: ['openChannel', 'platform', 'registerFile', 'saveDownload'],
  })
})

test('the page cannot leave the application', async ({ page }) => {
  const place = page.url()
  await page.evaluate(() => {
    location.href = 'https://example.org/'
  })
  await expect.poll(() => page.url()).toBe(place)
  expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull()
})
