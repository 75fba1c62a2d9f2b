import type { Page } from '@playwright/test'
import { chooseFile, dropFile, writeTable } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const wizard = (page: Page) => page.getByRole('dialog', { name: /\.csv/ })
const tab = (page: Page, key: Parameters<typeof t>[0]) => page.getByRole('tab', { name: t(key) })
const start = (page: Page) =>
  wizard(page)
    .getByRole('button', { name: t('import.start') })
    .click()
/** The first look at a table and an import start a process that loads RDKit. */
const STARTING = { timeout: 60_000 }
const expectImported = (page: Page, rows: number) =>
  expect(page.getByText(t('fates.read', { count: rows }))).toBeVisible(STARTING)

async function hand(page: Page, path: string, host: string): Promise<void> {
  if (host === 'electron') await chooseFile(page, path)
  else await dropFile(page, path)
}

test('what was corrected once is offered for the next table with the same columns', async ({
  page,
  workspace,
  host,
}) => {
  const header = 'structure,first,readout'
  await hand(page, writeTable(workspace, 'one.csv', [header, 'CCO,10.5,0.5', 'CCCO,11.5,n.d.', 'CCCCO,12.5,2']), host)
  const value = wizard(page).getByRole('combobox', { name: t('role.value'), exact: true })
  await expect(value).toHaveValue('', STARTING)
  await value.selectOption({ label: 'readout' })
  await wizard(page)
    .getByRole('combobox', { name: t('data.endpoint'), exact: true })
    .selectOption('IC50')
  await wizard(page)
    .getByRole('combobox', { name: t('import.unit') })
    .selectOption('uM')
  await expect(wizard(page).getByText(t('import.counts.all', { count: 3, readable: '2', records: '3' }))).toBeVisible(
    STARTING,
  )
  await start(page)
  await expectImported(page, 3)

  await hand(page, writeTable(workspace, 'two.csv', [header, 'CCN,10.5,0.7', 'CCCN,11.5,3']), host)
  await expect(wizard(page).getByText(t('import.remembered'))).toBeVisible(STARTING)
  await expect(value).toHaveValue('2')
  await expect(wizard(page).getByRole('combobox', { name: t('import.unit') })).toHaveValue('uM')
  await wizard(page)
    .getByRole('button', { name: t('import.forget') })
    .click()
  await expect(wizard(page).getByText(t('import.remembered'))).toBeHidden()
  await expect(value).toHaveValue('')
})

test('the ledger is filtered and searched, and rejected rows come back as they were', async ({
  page,
  workspace,
  host,
}) => {
  test.skip(host === 'electron', 'the save dialog of the system cannot be driven')
  const lines = ['id,smiles,pKi,note', 'A,CCO,7,', 'B,C1CC,6,"x, y"', 'C,CCN,n.d.,z', 'D,CCS,inactive,', 'E,CCCO,5,']
  await hand(page, writeTable(workspace, 'ledger.csv', lines), host)
  await start(page)
  await expectImported(page, 5)
  await tab(page, 'data.tab.ledger').click()
  const rows = page.getByRole('grid', { name: t('data.tab.ledger') }).getByRole('row')
  await expect(rows.filter({ hasText: 'C1CC' })).toBeVisible()
  await page.getByRole('combobox', { name: t('ledger.rule') }).selectOption('value.notMeasured')
  await expect(rows.filter({ hasText: 'C1CC' })).toBeHidden()
  await expect(rows.filter({ hasText: 'inactive' })).toBeVisible()
  await page.getByRole('textbox', { name: t('ledger.search') }).fill('n.d.')
  await expect(rows.filter({ hasText: 'inactive' })).toBeHidden()
  await expect(rows.filter({ hasText: 'n.d.' })).toBeVisible()

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: t('ledger.downloadRejected') }).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8').replace('\ufeff', '')
  expect(text.split('\r\n')).toEqual([lines[0], lines[2], lines[3], lines[4], ''])
})

test('an import is cancelled while it runs, and nothing of it is left', async ({ page, workspace, host }) => {
  const chain = (n: number): string => n.toString(2).replaceAll('0', 'C').replaceAll('1', 'OC')
  const records = Array.from({ length: 20_000 }, (_, i) => `${chain(i + 2)},7`)
  await hand(page, writeTable(workspace, 'long.csv', ['smiles,pKi', ...records]), host)
  await wizard(page)
    .getByRole('combobox', { name: t('data.endpoint'), exact: true })
    .selectOption('Ki')
  await start(page)
  await expect(page.getByRole('progressbar', { name: t('data.importProgress') })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: t('common.cancel'), exact: true }).click()
  await goTo(page, 'data')
  await expect(page.getByText(t('data.empty'))).toBeVisible({ timeout: 30_000 })
})

test('measurements that disagree are flagged, and dropped into a new version with one click', async ({
  page,
  workspace,
  host,
}) => {
  const lines = ['id,smiles,pKi', 'A,CCO,7', 'B,CCO,5.5', 'C,CCN,6', 'D,CCN,6.2', 'E,CCCO,5']
  await hand(page, writeTable(workspace, 'repeats.csv', lines), host)
  await expect(wizard(page).getByRole('combobox', { name: t('import.duplicates') })).toHaveValue('median', STARTING)
  await start(page)
  await expectImported(page, 5)
  await tab(page, 'data.tab.ledger').click()
  await expect(page.getByText(t('ledger.spread', { count: 1, n: '1' }))).toBeVisible()
  await page.getByRole('button', { name: t('ledger.spread.drop') }).click()
  await expect(page.getByText(t('ledger.spread', { count: 1, n: '1' }))).toBeHidden({ timeout: 30_000 })
})

test('the policy for duplicates can keep every record', async ({ page, workspace, host }) => {
  const lines = ['id,smiles,pKi', 'A,CCO,7', 'B,CCO,5.5', 'C,CCN,6']
  await hand(page, writeTable(workspace, 'all.csv', lines), host)
  await wizard(page)
    .getByRole('combobox', { name: t('import.duplicates') })
    .selectOption('all')
  await start(page)
  await expectImported(page, 3)
  await expect(page.getByText(`3 ${t('fate.accepted')}`)).toBeVisible()
})
