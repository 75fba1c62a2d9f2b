import { expect, it } from 'vitest'
import { linesOf, tableOfLines } from './start-table.ts'

/** Stands for the application's reader: whatever holds a bracket, a digit or only C, N and O. */
const isStructure = async (text: string): Promise<boolean> => /[()=#\d]/.test(text) || /^[CNO]+$/.test(text)

it('linesOf leaves out what says nothing', () => {
  expect(linesOf(' CCO \r\n\r\n\tCCN\n')).toEqual(['CCO', 'CCN'])
})

it('takes names behind the structures', async () => {
  const text = await tableOfLines(['CCO ethanol', 'c1ccccc1,ben "zene"', 'C#N'], isStructure)
  expect(text).toBe('smiles,name\nCCO,ethanol\nc1ccccc1,"ben ""zene"""\nC#N,\n')
})

it('takes names before the structures where those are what reads', async () => {
  expect(await tableOfLines(['Amine CCN', 'Mine;too CCO'], isStructure)).toBe('smiles,name\nCCN,Amine\nCCO,Mine too\n')
})

it('does not guess where both read or neither does', async () => {
  expect(await tableOfLines(['CCO CCN', 'x y'], isStructure)).toBe('smiles,name\nCCO,CCN\nx,y\n')
})
