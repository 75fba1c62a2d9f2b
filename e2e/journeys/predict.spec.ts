import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { exampleRows } from '../../test/support/example-rows.ts'
import { writeTable } from '../fixtures/files.ts'
import { goTo } from '../fixtures/pages.ts'
import { expect, trainedTest as test } from '../fixtures/test.ts'
import { english as t } from '../fixtures/words.ts'

const known = exampleRows(900).lines.map(line => line.split(',')[1]!)

test.beforeEach(async ({ page }) => {
  await goTo(page, 'predict')
})

test('one compound is answered with its interval, distance, analogues and what each atom adds', async ({ page }) => {
  await page.getByLabel('SMILES').fill(known[3]!)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  const answer = page.getByRole('region', { name: t('predict.answer') })
  await expect(answer).toContainText(/\d\.\d\d/)
  await expect(answer).toContainText('pKi')
  await expect(answer).toContainText(t('direction.Ki'))
  await expect(answer).toContainText(/± \d\.\d\d/)
  await expect(answer.getByRole('heading', { name: t('predict.nearest') })).toBeVisible()
  await expect(answer.getByRole('figure')).toHaveCount(3)
  await expect(answer.getByRole('img').first()).toBeVisible()
  await expect(answer.getByRole('heading', { name: t('predict.contributions') })).toBeVisible()
  await expect(answer.getByRole('img', { name: /Contributions of the atoms/ })).toBeVisible()
  await expect(answer.getByText(/, atom \d+/).first()).toBeVisible()
})

test('an analogue is opened, and the way back leads to the question before', async ({ page }) => {
  await page.getByLabel('SMILES').fill(known[3]!)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  const answer = page.getByRole('region', { name: t('predict.answer') })
  await answer.getByRole('figure').getByRole('link').first().click()
  await expect(page.getByLabel('SMILES')).not.toHaveValue(known[3]!)
  await expect(answer.getByRole('figure')).toHaveCount(3)
  await page.goBack()
  await expect(page.getByLabel('SMILES')).toHaveValue(known[3]!)
})

test('a compound is sketched and predicted', async ({ page }) => {
  await page.getByRole('button', { name: t('predict.sketch') }).click()
  const board = page.getByRole('group', { name: t('predict.sketcher') })
  const canvas = board.locator('canvas').last()
  await expect(canvas).toBeVisible()
  const box = (await canvas.boundingBox())!
  // A click with the bond tool, which is chosen at first, draws a bond.
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await expect(page.getByLabel('SMILES')).not.toHaveValue('')
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  await expect(page.getByRole('region', { name: t('predict.answer') })).toContainText(/± \d\.\d\d/)
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

test('a receipt names the model, its hash, the input and the answer', async ({ page, host }) => {
  test.skip(host === 'electron', 'a file that the page makes is saved by a dialog there')
  await page.getByLabel('SMILES').fill(known[5]!)
  await page.getByRole('button', { name: t('predict.predict'), exact: true }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: t('predict.saveReceipt') }).click()
  const receipt = JSON.parse(await readFile(await (await saved).path(), 'utf8'))
  expect(receipt).toMatchObject({ format: 'bindery-receipt-1', input: { smiles: known[5] }, unit: 'pX' })
  expect(receipt.model.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(receipt.nearest).toHaveLength(3)
})

test('a table with broken rows is ranked, filtered, tried again and saved', async ({ page, workspace, host }) => {
  test.slow()
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

  await page.getByLabel(t('predict.errorsShown')).selectOption('only')
  await expect(ranked).toHaveAttribute('aria-rowcount', '4')
  await page.getByRole('button', { name: t('predict.retry') }).click()
  await expect(page.getByText(t('predict.notRead', { count: 3 }))).toBeVisible({ timeout: 30_000 })
  await page.getByLabel(t('predict.errorsShown')).selectOption('all')
  await page.getByLabel(t('predict.find')).fill('compound 7')
  await expect(ranked).toHaveAttribute('aria-rowcount', '2')
  await ranked.getByRole('row').nth(1).click()
  await expect(page.getByRole('region', { name: t('predict.answer') }).getByRole('figure')).toHaveCount(3)
  await page.getByRole('button', { name: t('common.close') }).click()
  await page.getByLabel(t('predict.find')).fill('')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  if (host === 'electron') return

  const save = async (item: string): Promise<string> => {
    await page.getByRole('button', { name: t('predict.save'), exact: true }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item, exact: true }).click()
    return (await saved).path()
  }
  const lines = (await readFile(await save(t('predict.saveCsvRaw')), 'utf8')).trimEnd().split('\n')
  expect(lines[0]).toBe('name,smiles,note,prediction,lower,upper,domain_distance,error')
  expect(lines).toHaveLength(24)
  // Ranked as it is shown: the best first, the broken ones last.
  const values = lines.slice(1, 21).map(line => Number(line.split(',').at(-5)))
  expect(values).toEqual(values.toSorted((a, b) => b - a))
  for (const line of lines.slice(21)) expect(line).toMatch(/,,,,,.+/)
  expect((await readFile(await save(t('predict.saveSdf')), 'utf8')).split('$$$$\n')).toHaveLength(24)
  expect((await readFile(await save(t('predict.savePng', { count: 40 })))).subarray(1, 4).toString()).toBe('PNG')
})

test('a dropped SD file becomes a ranked table, and its groups are opened', async ({ page, workspace }) => {
  const atom = (x: number, symbol: string) => `    ${x.toFixed(4)}    0.0000    0.0000 ${symbol.padEnd(3)} 0  0`
  const record = (name: string, symbol: string) => [
    name,
    '',
    '',
    '  2  1  0  0  0  0  0  0  0  0999 V2000',
    atom(0, 'C'),
    atom(1.5, symbol),
    '  1  2  1  0',
    'M  END',
    '$$$$',
  ]
  const path = writeTable(workspace, 'two.sdf', [...record('methanol', 'O'), ...record('methylamine', 'N')])
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text!], name!))
      return transfer
    },
    ['two.sdf', await readFile(join(path), 'utf8')],
  )
  const drop = page.getByText(t('predict.dropFile'))
  for (const type of ['dragenter', 'dragover', 'drop']) await drop.dispatchEvent(type, { dataTransfer: data })
  const ranked = page.getByRole('grid', { name: t('predict.ranked') })
  await expect(ranked).toHaveAttribute('aria-rowcount', '3', { timeout: 60_000 })
  await page.getByLabel(t('predict.group'), { exact: true }).selectOption('scaffold')
  const groups = page.getByRole('grid', { name: t('predict.groups') })
  await expect(groups).toHaveAttribute('aria-rowcount', '2')
  await groups.getByRole('button', { name: t('predict.openGroup', { count: 2 }) }).click()
  await expect(ranked).toHaveAttribute('aria-rowcount', '3')
})

test('with the keyboard alone: a pasted list, ranked and opened', async ({ page }) => {
  await page.getByLabel('SMILES').focus()
  await page.keyboard.insertText(`first ${known[0]}\nsecond ${known[1]}`)
  await page.keyboard.press('Control+Enter')
  const ranked = page.getByRole('grid', { name: t('predict.ranked') })
  await expect(ranked).toHaveAttribute('aria-rowcount', '3', { timeout: 60_000 })
  await ranked.focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('region', { name: t('predict.answer') }).getByRole('figure')).toHaveCount(3)
})
