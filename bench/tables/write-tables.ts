/** Writes the tables that the import is timed on. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { moleculeFromJson } from '../../src/chem/molecule.ts'
import { createToolkit } from '../../src/chem-worker/toolkit.ts'
import { structureOf } from './drug-like.ts'

export async function writeCsv(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file)
  out.write('id,smiles,pKi\n')
  for (let row = 0; row < rows; row++) await put(out, `B${row},${structureOf(row)},${pKiOf(row)}\n`)
  await end(out)
}

/** Molecules drawn once; isotopes of their carbons make different structures of each. */
const DRAWN = 1_000
const DESCRIPTION = 'One line of a protocol that a laboratory system writes into every record of its exports. '

/**
 * An SD file of at least that many bytes with some 5 kB a record, as public databases write them: V2000 molblocks with hydrogens
 * implied, and properties. Nine of ten structures are different. Answers the number of records.
 */
export async function writeSdf(file: string, bytes: number): Promise<number> {
  const drawn = await drawMolblocks()
  const out = createWriteStream(file)
  let written = 0
  let record = 0
  for (; written < bytes; record++) {
    const { lines, carbons } = drawn[record % DRAWN]!
    const properties = [
      ['ID', `B${record}`],
      ['pKi', pKiOf(record)],
      ['Series', String(record % DRAWN)],
      ['Protocol', DESCRIPTION.repeat(22)],
    ]
    const text = [
      `B${record}`,
      ...lines,
      ...isotopeLine(Math.floor(record / DRAWN), carbons),
      'M  END',
      ...properties.flatMap(([name, value]) => [`>  <${name}>`, value, '']),
      '$$$$\n',
    ].join('\n')
    written += text.length
    await put(out, text)
  }
  await end(out)
  return record
}

function pKiOf(row: number): string {
  return (4 + (row % 500) / 100).toFixed(2)
}

async function drawMolblocks(): Promise<{ lines: string[]; carbons: number[] }[]> {
  const toolkit = await createToolkit()
  return Array.from({ length: DRAWN }, (_, i) =>
    toolkit.withMol(structureOf(i), mol => {
      const { atomCount, bondCount, atomicNumber, bondAtoms, kekuleOrder } = moleculeFromJson(mol!.get_json())
      const at = (value: number, width: number): string => String(value).padStart(width)
      const atoms = Array.from({ length: atomCount }, (_, a) => {
        const symbol = SYMBOLS[atomicNumber[a]!]!
        return `${(1.5 * a).toFixed(4).padStart(10)}${(a % 2).toFixed(4).padStart(10)}    0.0000 ${symbol.padEnd(3)} 0${'  0'.repeat(11)}`
      })
      const bonds = Array.from({ length: bondCount }, (_, b) => {
        const [begin, other] = [bondAtoms[2 * b]! + 1, bondAtoms[2 * b + 1]! + 1]
        return `${at(begin, 3)}${at(other, 3)}${at(kekuleOrder[b]!, 3)}  0`
      })
      const counts = `${at(atomCount, 3)}${at(bondCount, 3)}  0  0  0  0  0  0  0  0999 V2000`
      const carbons = [...atomicNumber.keys()].filter(a => atomicNumber[a] === 6).map(a => a + 1)
      return { lines: ['  bench', '', counts, ...atoms, ...bonds], carbons }
    }),
  )
}

const SYMBOLS: Readonly<Record<number, string>> = { 6: 'C', 7: 'N', 8: 'O', 9: 'F', 16: 'S', 17: 'Cl' }

/** The binary digits of a number as carbon-13 atoms. */
function isotopeLine(number: number, carbons: readonly number[]): string[] {
  const heavy = carbons.filter((_, i) => i < 8 && (number >> i) % 2 === 1)
  const pairs = heavy.map(atom => `${String(atom).padStart(4)}  13`).join('')
  return heavy.length === 0 ? [] : [`M  ISO${String(heavy.length).padStart(3)}${pairs}`]
}

async function put(out: WriteStream, text: string): Promise<void> {
  if (!out.write(text)) await new Promise<void>(resolve => out.once('drain', resolve))
}

async function end(out: WriteStream): Promise<void> {
  await new Promise<void>(resolve => out.end(() => resolve()))
}
