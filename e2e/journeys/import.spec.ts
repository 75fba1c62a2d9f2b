import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { chooseFile, dropFile, writeAssay, writeTable } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const wizard = (page: Page) => page.getByRole('dialog', { name: /assay|odd|letter|notes/ })
/** An import starts a process that loads RDKit. */
const expectImported = (page: Page, rows: number) =>
  expect(page.getByText(t('fates.read', { count: rows }))).toBeVisible({ timeout: 60_000 })
const tab = (page: Page, key: Parameters<typeof t>[0]) => page.getByRole('tab', { name: t(key) })

test('a dropped table becomes a data set, every row accounted for', async ({ page, workspace, host }) => {
  const added = ['SIM-X1,not a structure,12,train', 'SIM-X2,CCO,strong,train']
  const path = writeAssay(workspace, 'assay.csv', { rows: 60, added })
  if (host === 'electron') await chooseFile(page, path)
  else await dropFile(page, path)

  const dialog = wizard(page)
  await expect(dialog.getByRole('combobox', { name: t('role.smiles'), exact: true })).toHaveValue('1')
  await expect(dialog.getByRole('combobox', { name: t('role.value'), exact: true })).toHaveValue('2')
  await expect(dialog.getByRole('combobox', { name: t('data.endpoint'), exact: true })).toHaveValue('Ki')
  await dialog.getByRole('textbox', { name: t('common.name'), exact: true }).fill('Dropped assay')
  await dialog.getByRole('button', { name: t('import.start') }).click()

  await expect(page.getByRole('heading', { name: 'Dropped assay' }).first()).toBeVisible()
  await expectImported(page, 62)
  await expect(page.getByText(`2 ${t('fate.rejected')}`)).toBeVisible()

  await tab(page, 'data.tab.ledger').click()
  const ledger = page.getByRole('grid', { name: t('data.tab.ledger') })
  await expect(ledger.getByRole('row').filter({ hasText: 'not a structure' })).toContainText('62')
  await expect(ledger.getByRole('row').filter({ hasText: 'strong' })).toContainText('63')

  await tab(page, 'data.tab.rows').click()
  await expect(page.getByRole('grid', { name: t('data.tab.rows') })).toHaveAttribute('aria-rowcount', '61')
})

test('the ledger can be saved as a file', async ({ page, workspace, host }) => {
  test.skip(host === 'electron', 'the save dialog of the system cannot be driven')
  await dropFile(page, writeAssay(workspace, 'assay.csv', { rows: 30, added: ['SIM-X1,C1CC,12,train'] }))
  await wizard(page)
    .getByRole('button', { name: t('import.start') })
    .click()
  await expectImported(page, 31)
  await tab(page, 'data.tab.ledger').click()

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: t('ledger.download') }).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk)
  const [, first = ''] = Buffer.concat(chunks).toString('utf8').split('\n')
  expect(first).toContain('32')
  expect(first).toContain('C1CC')
})

test('a file that is no table is refused, and says what it is', async ({ page, workspace, host }) => {
  const path = join(workspace, 'letter.pdf')
  writeFileSync(path, Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(2048, 0x9c)]))
  if (host === 'electron') await chooseFile(page, path)
  else await dropFile(page, path)

  const dialog = wizard(page)
  const alert = dialog.getByRole('alert')
  await expect(alert).toContainText('ERR_2005')
  await expect(alert).toContainText('PDF')
  await dialog.getByRole('button', { name: t('common.close'), exact: true }).click()
  await goTo(page, 'data')
  await expect(page.getByText(t('data.empty'))).toBeVisible()
})

test('a table without structures says what is missing', async ({ page, workspace, host }) => {
  const path = writeTable(workspace, 'notes.csv', ['day,weather', 'Monday,rain', 'Tuesday,sun'])
  if (host === 'electron') await chooseFile(page, path)
  else await dropFile(page, path)
  await expect(wizard(page).getByRole('alert')).toContainText('ERR_2005')
})

test('a wrongly read column can be corrected before anything is imported', async ({ page, workspace, host }) => {
  // Two columns of numbers: the mass is not the affinity.
  const { assay } = oddTable()
  const path = writeTable(workspace, 'odd.csv', assay)
  if (host === 'electron') await chooseFile(page, path)
  else await dropFile(page, path)

  const dialog = wizard(page)
  await dialog.getByRole('combobox', { name: t('role.value'), exact: true }).selectOption({ label: 'readout' })
  await dialog.getByRole('combobox', { name: t('data.endpoint'), exact: true }).selectOption('IC50')
  await dialog.getByRole('combobox', { name: t('import.unit') }).selectOption('uM')
  // 0.5 µM is a pIC50 of 6.30: what Bindery makes of the row follows the choice at once.
  const made = dialog.getByRole('region', { name: t('import.made') })
  await expect(made.getByRole('row').filter({ hasText: '6.30' })).toBeVisible()
  await dialog.getByRole('button', { name: t('import.start') }).click()
  await expectImported(page, assay.length - 1)
  await expect(page.getByText('pIC50').first()).toBeVisible()
})

function oddTable() {
  const compounds = ['CCO', 'c1ccccc1O', 'CC(=O)Nc1ccc(O)cc1', 'CN1CCCC1c1cccnc1', 'OC(=O)c1ccccc1O']
  const rows = compounds.map((smiles, i) => `${smiles},${(100.5 + i).toFixed(1)},${0.5 + i}`)
  return { assay: ['structure,mass,readout', ...rows] }
}
