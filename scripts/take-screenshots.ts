/**
 * The pictures of the README, from the built application on a workspace that `npm run demo` has filled:
 *
 *   npm run demo -- --workspace DIR && node scripts/take-screenshots.ts DIR
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { startHost } from '../e2e/fixtures/headless-host.ts'
import { goTo, type PageName } from '../e2e/fixtures/pages.ts'
import { english as t } from '../e2e/fixtures/words.ts'
import { exampleRows } from '../test/support/example-rows.ts'
import { findBrowser } from './testing/find-browser.ts'
import { root } from './testing/run-command.ts'

const SIZE = { width: 1440, height: 900 }
/** Depictions and charts are drawn after the page is there. */
const SETTLE_MS = 1500

const [workspace] = process.argv.slice(2)
if (workspace === undefined) throw new Error('usage: take-screenshots.ts WORKSPACE')
const folder = join(root, 'docs/images')
mkdirSync(folder, { recursive: true })

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.waitForTimeout(SETTLE_MS)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function openFirst(page: Page, name: PageName): Promise<void> {
  await goTo(page, name)
  await page
    .getByRole('grid', { name: t(`page.${name}`) })
    .getByRole('row')
    .nth(1)
    .click()
}

const { path } = findBrowser()
const host = await startHost(workspace)
const browser = await chromium.launch({ ...(path === null ? {} : { executablePath: path }), args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', locale: 'en-GB' })
await page.goto(host.link)

await openFirst(page, 'data')
await take(page, 'data')
await openFirst(page, 'training')
await take(page, 'training')
await goTo(page, 'predict')
const candidate = exampleRows(900).lines.find(line => line.endsWith(',test'))!
await page.getByLabel('SMILES').fill(candidate.split(',')[1]!)
await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
await page.getByRole('heading', { name: t('predict.nearest') }).waitFor()
await take(page, 'predict')

await browser.close()
await host.stop()
