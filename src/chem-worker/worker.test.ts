import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFeatureFile, PRELUDE_BYTES } from '../chem/features/feature-file.ts'
import { decodeRecord } from '../chem/features/feature-record.ts'
import { unpackRecords } from '../chem/features/record-block.ts'
import { tanimotoCounts } from '../chem/fingerprints/sparse-counts.ts'
import { WorkerClient } from './fixtures/worker-client.ts'

let worker: WorkerClient
let folder: string
beforeAll(async () => {
  worker = new WorkerClient()
  folder = await mkdtemp(path.join(tmpdir(), 'bindery-chem-'))
  expect(await worker.ready()).toMatchObject({ type: 'ready', pid: worker.child.pid, toolkit: 'RDKit 2026.09.1' })
})
afterAll(async () => {
  worker.child.disconnect()
  expect(await worker.exited).toBe(0)
  await rm(folder, { recursive: true })
})

describe('parse and scaffold', () => {
  it('answers one item for each structure, refusals in their places', async () => {
    const { items, result } = await worker.call('parse', { smiles: ['OCC', 'C1CC', 'c1ccccc1C'], scaffold: true })
    expect(result).toEqual({ accepted: 2, refused: 1 })
    expect(items).toEqual([
      expect.objectContaining({ ok: true, smiles: 'CCO', heavyAtoms: 3, scaffold: '' }),
      expect.objectContaining({ ok: false, rule: 'structure.unparsable' }),
      expect.objectContaining({ ok: true, smiles: 'Cc1ccccc1', scaffold: 'c1ccccc1' }),
    ])
  })

  it('gives the scaffold of the kept fragment', async () => {
    const { items } = await worker.call('scaffold', { smiles: ['O=C1NCCc2ccc(OC)cc12.Cl', 'CCO'] })
    expect(items).toEqual([
      { ok: true, scaffold: 'O=C1NCCc2ccccc21' },
      { ok: true, scaffold: '' },
    ])
  })

  it('refuses too many structures in one call', async () => {
    const smiles = Array.from({ length: 100_001 }, () => 'C')
    await expect(worker.call('parse', { smiles })).rejects.toMatchObject({ code: 'ERR_5003' })
  })
})

describe('featurise', () => {
  it('gives a block of the same records, and the refusals by their places', async () => {
    const input = { smiles: ['CNCCc1ccccc1', 'C1CC', 'c1ccncc1', ''], sections: ['morgan-count-r2-chiral', 'torsions'] }
    const { items } = await worker.call('featurise', input)
    const { result } = await worker.call('featuriseBlock', input)
    const records = unpackRecords(result.records)
    expect(records.map(bytes => bytes && Buffer.from(bytes))).toEqual(
      items.map(item => (item.ok ? Buffer.from(item.record) : null)),
    )
    expect(result.refusals.map(({ position, rule }) => [position, rule])).toEqual([
      [1, 'structure.unparsable'],
      [3, 'structure.empty'],
    ])
  })

  it('gives records that decode, the same for a salt and its base', async () => {
    const sections = ['morgan-count-r2-chiral', 'graph.chemprop-v1'] as const
    const { items } = await worker.call('featurise', {
      smiles: ['CNCCc1ccccc1', 'Cl.c1ccc(cc1)CCNC', '', 'CNCCc1ccccc1F'],
      sections: [...sections],
    })
    const [base, salt, empty, other] = items.map(item => (item.ok ? decodeRecord(item.record, sections) : item))
    expect(empty).toMatchObject({ rule: 'structure.empty' })
    const counts = [base, salt, other].map(
      r => (r as ReturnType<typeof decodeRecord<(typeof sections)[number]>>)['morgan-count-r2-chiral'],
    )
    expect(counts[1]).toEqual(counts[0])
    expect(tanimotoCounts(counts[0]!, counts[1]!)).toBe(1)
    expect(tanimotoCounts(counts[0]!, counts[2]!)).toBeLessThan(0.7)
  })

  it.each([[[]], [['morgan']], [['torsions', 'torsions']]])('refuses the sections %j', async sections => {
    await expect(worker.call('featurise', { smiles: ['C'], sections })).rejects.toMatchObject({ code: 'ERR_2001' })
  })
})

describe('featuriseFile', () => {
  const sections = ['atom-pairs', 'torsions'] as const

  function open(file: string) {
    const bytes = readFileSync(file)
    return openFeatureFile((offset, length) => bytes.subarray(offset, offset + length))
  }

  it('writes one row a line, with refusals, progress and a hash of the body', async () => {
    const lines = ['CCCCO', 'C1CC', '', 'CCCCN name', 'c1ccccc1C(=O)O']
    const [smi, jsonl] = [path.join(folder, 'a.smi'), path.join(folder, 'a.jsonl')]
    await writeFile(smi, `${lines.join('\n')}\n`)
    await writeFile(jsonl, lines.map(line => JSON.stringify({ smiles: line.split(' ')[0] })).join('\n'))
    const outputs = [path.join(folder, 'smi.features'), path.join(folder, 'jsonl.features')]
    const answers = []
    for (const [k, inputFile] of [smi, jsonl].entries()) {
      answers.push(
        (await worker.call('featuriseFile', { inputFile, outputFile: outputs[k]!, sections: [...sections] })).result,
      )
    }
    expect(answers[0]).toEqual(answers[1])
    const bytes = readFileSync(outputs[0]!)
    expect(readFileSync(outputs[1]!).equals(bytes)).toBe(true)
    expect(answers[0]).toMatchObject({ rows: 5, accepted: 3, refused: 2, bytes: bytes.length })
    expect(answers[0]!.sha256).toBe(createHash('sha256').update(bytes.subarray(PRELUDE_BYTES)).digest('hex'))

    const reader = open(outputs[0]!)
    expect(Buffer.from(reader.sha256).toString('hex')).toBe(answers[0]!.sha256)
    expect(reader.meta).toMatchObject({ sections, toolkit: 'RDKit 2026.09.1' })
    expect(reader.meta.refusals.map(({ row, rule }) => [row, rule])).toEqual([
      [1, 'structure.unparsable'],
      [2, 'structure.empty'],
    ])
    expect(reader.bytes(1)).toBeNull()
    const { items } = await worker.call('featurise', { smiles: ['CCCCN'], sections: [...sections] })
    expect(reader.record(3, sections)).toEqual(items[0]?.ok && decodeRecord(items[0].record, sections))
    expect(worker.messages).toContainEqual(expect.objectContaining({ type: 'progress', done: 5, total: 5 }))
  })

  it('leaves nothing behind when it is cancelled, and the worker goes on', async () => {
    const inputFile = path.join(folder, 'many.smi')
    const outputFile = path.join(folder, 'many.features')
    await writeFile(inputFile, 'CC(C)Cc1ccc(cc1)C(C)C(=O)O\n'.repeat(20_000))
    const requestId = worker.start('featuriseFile', { inputFile, outputFile, sections: [...sections] })
    setTimeout(() => worker.send({ type: 'cancel', requestId }), 200)
    expect(await worker.ended(requestId)).toMatchObject({ type: 'failed', error: { code: 'ERR_4004' } })
    expect(readdirSync(folder).filter(name => name.startsWith('many.'))).toEqual(['many.smi'])
    expect((await worker.call('parse', { smiles: ['C'] })).result.accepted).toBe(1)
  })

  it('fails as a whole where the input is not there', async () => {
    const inputFile = path.join(folder, 'absent.smi')
    const outputFile = path.join(folder, 'absent.features')
    await expect(worker.call('featuriseFile', { inputFile, outputFile, sections: ['torsions'] })).rejects.toMatchObject(
      {
        code: 'ERR_3004',
      },
    )
    expect(existsSync(outputFile)).toBe(false)
  })
})

describe('depict', () => {
  it('draws what was written, salts and placeholders included, in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { items } = await worker.call('depict', {
        structures: [{ smiles: '*CCO.Cl', highlightAtoms: [1], highlightBonds: [0] }, { smiles: 'C1CC' }],
        width: 240,
        height: 160,
        theme,
      })
      const svg = items[0]?.ok ? items[0].svg : ''
      expect(svg).toMatch(/^<svg /)
      expect(svg).toContain("viewBox='0 0 240 160'")
      expect(svg).not.toMatch(/<text|<script|<rect/)
      expect(svg.includes('#E5E5E5')).toBe(theme === 'dark')
      expect(items[1]).toMatchObject({ ok: false, rule: 'structure.unparsable' })
    }
  })

  it('draws small molecules at one bond length, whatever the picture’s size', async () => {
    const lengths = []
    for (const width of [200, 600]) {
      const input = { structures: [{ smiles: 'CC' }], width, height: width, theme: 'light' as const }
      const [item] = (await worker.call('depict', input)).items
      const [, x1, y1, x2, y2] = /d='M ([\d.]+),([\d.]+) L ([\d.]+),([\d.]+)'/
        .exec(item?.ok ? item.svg : '')!
        .map(Number)
      lengths.push(Math.hypot(x2! - x1!, y2! - y1!))
    }
    expect(lengths[0]).toBeGreaterThan(20)
    expect(Math.abs(lengths[0]! - lengths[1]!)).toBeLessThan(0.5)
  })

  it('colours atoms by weight, and refuses weights for atoms that are not there', async () => {
    const draw = (atomWeights: number[]) =>
      worker.call('depict', { structures: [{ smiles: 'CCO', atomWeights }], width: 200, height: 200, theme: 'light' })
    const [item] = (await draw([1, 0, -1])).items
    const fills = [...(item?.ok ? item.svg : '').matchAll(/class='atom-(\d)' {2}style='fill:(#\w+)/g)].map(m => [
      m[1],
      m[2],
    ])
    expect(fills).toEqual([
      ['0', '#F98C26'],
      ['2', '#3F8CF2'],
    ])
    await expect(draw([0, 0, 0, 1])).rejects.toMatchObject({ code: 'ERR_2001' })
  })
})

describe('substructure', () => {
  it('names the matching atoms in the order of the SMILES as given', async () => {
    const { items } = await worker.call('substructure', {
      smarts: '[CX3](=O)[OX2H1]',
      smiles: ['Cl.OC(=O)CC(=O)O', 'CCO', 'C1CC'],
    })
    expect(items[0]).toEqual({
      ok: true,
      matches: [
        [2, 3, 1],
        [5, 6, 7],
      ],
    })
    expect(items[1]).toEqual({ ok: true, matches: [] })
    expect(items[2]).toMatchObject({ ok: false })
  })

  it.each([
    ['c1ccc', 'ERR_2003'],
    ['', 'ERR_2003'],
    ['C'.repeat(2_001), 'ERR_5003'],
  ])('refuses the pattern %j', async (smarts, code) => {
    await expect(worker.call('substructure', { smarts, smiles: ['C'] })).rejects.toMatchObject({ code })
  })
})

describe('a worker whose host goes away', () => {
  it('ends by itself in the middle of a call and leaves no file', async () => {
    const orphan = new WorkerClient()
    await orphan.ready()
    const inputFile = path.join(folder, 'orphan.smi')
    await writeFile(inputFile, 'CC(C)Cc1ccc(cc1)C(C)C(=O)O\n'.repeat(50_000))
    orphan.start('featuriseFile', {
      inputFile,
      outputFile: path.join(folder, 'orphan.features'),
      sections: ['torsions'],
    })
    await new Promise(resolve => setTimeout(resolve, 200))
    orphan.child.disconnect()
    expect(await orphan.exited).toBe(0)
    expect(readdirSync(folder).filter(name => name.startsWith('orphan.'))).toEqual(['orphan.smi'])
  })
})
