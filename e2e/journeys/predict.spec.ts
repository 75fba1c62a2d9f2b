import { readFile } from 'node:fs/promises'
import { exampleRows } from '../../test/support/example-rows.ts'
import { writeTable } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const known = exampleRows(900).lines.map(line => line.split(',')[1]!)

test.beforeEach(async ({ page }) => {
  await goTo(page, 'predict')
})

test('one compound is answered with an interval, its distance and its analogues', async ({ page }) => {
  await page.getByLabel('SMILES').fill(known[3]!)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  const answer = page.getByRole('region', { name: t('predict.answer') })
  await expect(answer).toContainText(/\d\.\d\d/)
  await expect(answer).toContainText('pKi')
  await expect(answer).toContainText(/± \d\.\d\d/)
  await expect(answer.getByRole('heading', { name: t('predict.nearest') })).toBeVisible()
  await expect(answer.getByRole('figure')).toHaveCount(3)
  await expect(answer.getByRole('img').first()).toBeVisible()
})

test('an impossible structure is refused while it is typed', async ({ page }) => {
  const smiles = page.getByLabel('SMILES')
  await smiles.fill('C1CC')
  await expect(smiles).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('button', { name: t('predict.predict'), exact: true })).toBeDisabled()
})

test('the question is in the address: it is there again after a reload', async ({ page }) => {
  await page.getByLabel('SMILES').fill(known[4]!)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  const answer = page.getByRole('region', { name: t('predict.answer') })
  const said = await answer.getByText(/^± \d\.\d\d$/).textContent()
  await page.reload()
  await expect(page.getByLabel('SMILES')).toHaveValue(known[4]!)
  await expect(answer.getByText(said!)).toBeVisible()
})

test('a table with broken rows is ranked, and every broken row says why', async ({ page, workspace, host }) => {
  const path = writeTable(workspace, 'candidates.csv', [
    'name,smiles,note',
    ...known.slice(0, 20).map((smiles, i) => `compound ${i},${smiles},"kept, as it is"`),
    'broken,C1CC,ring not closed',
    'empty,,nothing here',
    'words,hello world,no structure',
  ])
  await page.getByText(t('predict.mode.file'), { exact: true }).click()
  // A dropzone holds a file input of its own, so that the same step works in both hosts.
  await page.locator('input[type=file]').setInputFiles(path)

  const ranked = page.getByRole('grid', { name: t('predict.ranked') })
  await expect(ranked).toHaveAttribute('aria-rowcount', '24', { timeout: 60_000 })
  await expect(page.getByText(t('predict.notRead', { count: 3 }))).toBeVisible()
  if (host === 'electron') return

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: t('predict.saveCsv') }).click()
  const lines = (await readFile(await (await saved).path(), 'utf8')).trimEnd().split('\n')
  expect(lines[0]).toBe('name,smiles,note,prediction,lower,upper,domain_distance,error')
  expect(lines).toHaveLength(24)
  expect(lines[1]).toMatch(/^compound 0,[^,]+,"kept, as it is",[\d.]+,[\d.]+,[\d.]+,[\d.]+,$/)
  for (const line of lines.slice(21)) expect(line).toMatch(/,,,,,.+/)
})
